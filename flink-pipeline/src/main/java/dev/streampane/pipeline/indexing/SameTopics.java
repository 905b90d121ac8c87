// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/**
 * Forwards all records, and ends the job if its state continues in the middle of a topic that was deleted and created again: Kafka's source
 * identifies a topic by its name, and would skip the records before the offset in the state. State: {@code topic~partition~id} of what was read.
 */
final class SameTopics<T> implements FilterFunction<Decoded<T>>, CheckpointedFunction {

    /** Name of the state: part of the on-disk format. */
    private static final String TOPICS = "topics";

    private static final char SEPARATOR = '~'; // not allowed in names of topics

    private transient Set<String> known;
    private transient ListState<String> kept;
    private transient Fetched last;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        kept = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(TOPICS, StringSerializer.INSTANCE));
        known = new HashSet<>();
        kept.get().forEach(known::add);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        kept.update(List.copyOf(known));
    }

    @Override
    public boolean filter(Decoded<T> decoded) {
        Fetched record = decoded.fetched();
        if (last != null && record.isBeside(last)) {
            return true;
        }
        last = record;
        String prefix = record.topic() + SEPARATOR + record.partition() + SEPARATOR;
        if (known.add(prefix + record.topicId())
                && record.offset() > 0
                && known.stream().filter(read -> read.startsWith(prefix)).count() > 1) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "topic %s was deleted and recreated, and partition %s continues at offset %s: start a new generation without state"
                            .formatted(record.topic(), record.partition(), record.offset())));
        }
        return true;
    }
}
