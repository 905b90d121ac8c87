// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.util.Collection;
import java.util.Map;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Lines of text from a server, at most once: a socket has no offsets to go back to, so that lines between the last checkpoint and a failure, and
 * lines that the server sends while nobody is connected, are not counted. Connects again without limit. For one subtask.
 */
record SocketSource(String host, int port)
        implements Source<byte[], NumberSequenceSplit, Collection<NumberSequenceSplit>> {

    /** A source of one number: its split stands for the connection, and its enumerator assigns that split. */
    private static final NumberSequenceSource ONE = new NumberSequenceSource(1, 1);

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<byte[], NumberSequenceSplit> createReader(SourceReaderContext context) {
        return new Reader(host, port, context);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> createEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context) {
        return ONE.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
            SplitEnumeratorContext<NumberSequenceSplit> context, Collection<NumberSequenceSplit> state) {
        return ONE.restoreEnumerator(context, state);
    }

    @Override
    public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
        return ONE.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Collection<NumberSequenceSplit>> getEnumeratorCheckpointSerializer() {
        return ONE.getEnumeratorCheckpointSerializer();
    }

    @SuppressWarnings("try") // close() of Flink's class throws Exception
    private static final class Reader
            extends SingleThreadMultiplexSourceReaderBase<byte[], byte[], NumberSequenceSplit, NumberSequenceSplit> {

        Reader(String host, int port, SourceReaderContext context) {
            super(
                    () -> new SocketReader(host, port),
                    (line, output, split) -> output.collect(line),
                    context.getConfiguration(),
                    context);
        }

        @Override
        public void start() {
            if (getNumberOfCurrentlyAssignedSplits() == 0) {
                context.sendSplitRequest();
            }
        }

        @Override
        protected void onSplitFinished(Map<String, NumberSequenceSplit> finished) {
            throw new IllegalStateException("a connection does not finish: " + finished.keySet());
        }

        @Override
        protected NumberSequenceSplit initializedState(NumberSequenceSplit split) {
            return split;
        }

        @Override
        protected NumberSequenceSplit toSplitType(String id, NumberSequenceSplit split) {
            return split;
        }
    }
}
