// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/**
 * Forwards the words that begin with the prefix.
 *
 * <p>State: each subtask keeps the prefix; which subtask restores which copy does not matter. It is no union state, because with union state no
 * checkpoint would complete once a subtask has finished its files. With another prefix the counts in the same savepoint would lack words without
 * any sign of it. Savepoints of older builds have no prefix and are accepted.
 */
final class StartsWith implements FilterFunction<String>, CheckpointedFunction {

    /** Name of the state: part of the on-disk format. */
    static final String STARTS_WITH = "prefix";

    private final String prefix;
    private transient ListState<String> prefixes;

    /** @param prefix empty for every word */
    StartsWith(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        prefixes = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>(STARTS_WITH, StringSerializer.INSTANCE));
        for (String kept : kept(context.getOperatorStateStore(), prefixes, "starts-with")) {
            if (!kept.equals(prefix)) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "--starts-with is '%s', and the state has '%s': the prefix may not change with state; give that of the state, or start a new generation without state"
                                .formatted(prefix, kept)));
            }
        }
    }

    /**
     * The entries of the state. Older builds had union state with the name {@code before}. It is read and then cleared: Flink would restore all
     * of it to each subtask, and each subtask would write all of it again.
     */
    static List<String> kept(OperatorStateStore store, ListState<String> state, String before) throws Exception {
        List<String> kept = new ArrayList<>();
        state.get().forEach(kept::add);
        if (store.getRegisteredStateNames().contains(before)) {
            ListState<String> union =
                    store.getUnionListState(new ListStateDescriptor<>(before, StringSerializer.INSTANCE));
            union.get().forEach(kept::add);
            union.clear();
        }
        return kept;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        prefixes.update(List.of(prefix));
    }

    @Override
    public boolean filter(String word) {
        return word.startsWith(prefix);
    }
}
