// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Decoder;
import dev.streampane.pipeline.decode.Fetched;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads a {@link PartitionedLog} as the Kafka source reads a topic: a split and a watermark generator for each partition, splits that may
 * come to another subtask after a restore. Partitions of one subtask are read in a random, seeded interleaving.
 */
final class LogSource<T> implements Source<Decoded<T>, LogSource.Split, Boolean> {

    private final String log;
    private final Decoder<T> decoder;
    private final long seed;
    private final boolean bounded;

    /**
     * @param bounded whether Flink is told that there is an end, so that it can run in batch mode; the log must be closed then
     */
    LogSource(PartitionedLog log, Decoder<T> decoder, long seed, boolean bounded) {
        this.log = log.id();
        this.decoder = decoder;
        this.seed = seed;
        this.bounded = bounded;
    }

    /** A partition and the place in it to read next. */
    record Split(int partition, int next) implements SourceSplit {
        @Override
        public String splitId() {
            return Integer.toString(partition);
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return bounded ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SplitEnumerator<Split, Boolean> createEnumerator(SplitEnumeratorContext<Split> context) {
        return new Enumerator(context, PartitionedLog.find(log).partitions());
    }

    @Override
    public SplitEnumerator<Split, Boolean> restoreEnumerator(SplitEnumeratorContext<Split> context, Boolean assigned) {
        return new Enumerator(context, 0);
    }

    @Override
    public SourceReader<Decoded<T>, Split> createReader(SourceReaderContext context) {
        return new Reader<>(PartitionedLog.find(log), decoder, new Random(seed * 31 + context.getIndexOfSubtask()));
    }

    @Override
    public SimpleVersionedSerializer<Split> getSplitSerializer() {
        return new Serializer<>() {
            @Override
            public byte[] serialize(Split split) {
                return ByteBuffer.allocate(8)
                        .putInt(split.partition)
                        .putInt(split.next)
                        .array();
            }

            @Override
            public Split deserialize(int version, byte[] serialized) {
                ByteBuffer bytes = ByteBuffer.wrap(serialized);
                return new Split(bytes.getInt(), bytes.getInt());
            }
        };
    }

    @Override
    public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
        return new Serializer<>() {
            @Override
            public byte[] serialize(Boolean assigned) {
                return new byte[0];
            }

            @Override
            public Boolean deserialize(int version, byte[] serialized) {
                return true;
            }
        };
    }

    private abstract static class Serializer<E> implements SimpleVersionedSerializer<E> {
        @Override
        public int getVersion() {
            return 1;
        }
    }

    /** Gives partition n to subtask n modulo the parallelism, once; restored readers have their splits already. */
    private record Enumerator(SplitEnumeratorContext<Split> context, int partitions)
            implements SplitEnumerator<Split, Boolean> {

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void addSplitsBack(List<Split> splits, int subtask) {
            splits.forEach(split -> context.assignSplit(split, subtask));
        }

        @Override
        public void addReader(int subtask) {
            var splits = new ArrayList<Split>();
            for (int p = subtask; p < partitions; p += context.currentParallelism()) {
                splits.add(new Split(p, 0));
            }
            if (!splits.isEmpty()) {
                // all at once, or time goes on before the reader knows of a slower one
                context.assignSplits(new SplitsAssignment<>(Map.of(subtask, splits)));
            }
            context.signalNoMoreSplits(subtask);
        }

        @Override
        public Boolean snapshotState(long checkpointId) {
            return true;
        }

        @Override
        public void close() {}
    }

    private static final class Reader<T> implements SourceReader<Decoded<T>, Split> {

        private final PartitionedLog log;
        private final Decoder<T> decoder;
        private final Random random;
        private final List<Split> splits = new ArrayList<>();
        private CompletableFuture<Void> available = CompletableFuture.completedFuture(null);
        private final List<Decoded<T>> rows = new ArrayList<>();
        private boolean noMoreSplits;

        Reader(PartitionedLog log, Decoder<T> decoder, Random random) {
            this.log = log;
            this.decoder = decoder;
            this.random = random;
        }

        @Override
        public void start() {}

        @Override
        public InputStatus pollNext(ReaderOutput<Decoded<T>> output) {
            CompletableFuture<Void> change = log.change();
            boolean closed = log.isClosed();
            int start = splits.isEmpty() ? 0 : random.nextInt(splits.size());
            for (int i = 0; i < splits.size(); i++) {
                int index = (start + i) % splits.size();
                Split split = splits.get(index);
                Fetched fetched = log.get(split.partition(), split.next());
                if (fetched != null) {
                    splits.set(index, new Split(split.partition(), split.next() + 1));
                    var splitOutput = output.createOutputForSplit(split.splitId());
                    decoder.decode(fetched, new ListCollector<>(rows));
                    rows.forEach(splitOutput::collect);
                    rows.clear();
                    return InputStatus.MORE_AVAILABLE;
                }
            }
            if (closed && noMoreSplits) {
                return InputStatus.END_OF_INPUT;
            }
            available = change;
            return InputStatus.NOTHING_AVAILABLE;
        }

        @Override
        public List<Split> snapshotState(long checkpointId) {
            return List.copyOf(splits);
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return available;
        }

        @Override
        public void addSplits(List<Split> added) {
            splits.addAll(added);
            available.complete(null);
        }

        @Override
        public void notifyNoMoreSplits() {
            noMoreSplits = true;
            available.complete(null);
        }

        @Override
        public void close() {}
    }
}
