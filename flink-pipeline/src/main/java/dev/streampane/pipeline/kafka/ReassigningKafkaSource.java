// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static org.apache.flink.util.Preconditions.checkState;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.TopicPartition;

/**
 * A Kafka source whose readers return the partitions of restored state, so that these and the partitions that were added since are assigned
 * by one rule. Kafka's connector leaves restored partitions where Flink puts them: one reader can then have two partitions and another
 * none, which holds the watermark back permanently.
 *
 * <p>For unbounded jobs whose readers all restart when one fails.
 */
record ReassigningKafkaSource<T>(Source<T, KafkaPartitionSplit, KafkaSourceEnumState> source)
        implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, SupportsSplitReassignmentOnRecovery {

    @Override
    public Boundedness getBoundedness() {
        return source.getBoundedness();
    }

    @Override
    public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        return source.createReader(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) throws Exception {
        return new Enumerator(context, source.createEnumerator(context));
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) throws Exception {
        return new Enumerator(context, source.restoreEnumerator(context, state));
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return source.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return source.getEnumeratorCheckpointSerializer();
    }

    /** Assigns the partitions when all readers have registered. Runs in the coordinator thread only. */
    private static final class Enumerator implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

        private final SplitEnumeratorContext<KafkaPartitionSplit> context;
        private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka;

        /** Partitions that have been returned and not assigned yet, by reader. */
        private final Map<Integer, List<KafkaPartitionSplit>> givenBack = new HashMap<>();

        /** All partitions that readers have in state, and return by themselves after a failure. */
        private final Set<TopicPartition> inState = new HashSet<>();

        Enumerator(
                SplitEnumeratorContext<KafkaPartitionSplit> context,
                SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> kafka) {
            this.context = context;
            this.kafka = kafka;
        }

        @Override
        public void start() {
            kafka.start();
        }

        @Override
        public void addReader(int reader) {
            givenBack.put(reader, context.registeredReaders().get(reader).getReportedSplitsOnRegistration());
            if (context.registeredReaders().size() < context.currentParallelism()) {
                return;
            }
            givenBack.forEach((from, splits) -> {
                splits.forEach(split -> inState.add(split.getTopicPartition()));
                kafka.addSplitsBack(splits, from);
            });
            givenBack.clear();
            context.registeredReaders().keySet().forEach(kafka::addReader);
        }

        @Override
        public void addSplitsBack(List<KafkaPartitionSplit> splits, int reader) {
            List<KafkaPartitionSplit> inNoState = splits.stream()
                    .filter(split -> !inState.contains(split.getTopicPartition()))
                    .toList();
            kafka.addSplitsBack(inNoState, reader);
        }

        @Override
        public void handleSplitRequest(int reader, String host) {
            kafka.handleSplitRequest(reader, host);
        }

        @Override
        public KafkaSourceEnumState snapshotState(long checkpoint) throws Exception {
            checkState(givenBack.isEmpty(), "readers are missing: returned partitions are not assigned");
            return kafka.snapshotState(checkpoint);
        }

        @Override
        public void close() throws IOException {
            kafka.close();
        }
    }
}
