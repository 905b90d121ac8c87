// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
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
        prefixes = unchanged(
                context.getOperatorStateStore(),
                STARTS_WITH,
                "starts-with",
                prefix,
                kept ->
                        "--starts-with is '%s', and the state has '%s': the prefix may not change with state; give that of the state, or start a new generation without state"
                                .formatted(prefix, kept));
    }

    /**
     * The state of a setting that may not change with state. Older builds had union state with the name {@code before}. It is read and then
     * cleared: Flink would restore all of it to each subtask, and each subtask would write all of it again.
     *
     * @param refused the message about an entry that is not {@code setting}; the job then ends without a restart
     */
    static ListState<String> unchanged(
            OperatorStateStore store, String name, String before, String setting, UnaryOperator<String> refused)
            throws Exception {
        ListState<String> state = store.getListState(new ListStateDescriptor<>(name, StringSerializer.INSTANCE));
        List<String> kept = new ArrayList<>();
        state.get().forEach(kept::add);
        if (store.getRegisteredStateNames().contains(before)) {
            ListState<String> union =
                    store.getUnionListState(new ListStateDescriptor<>(before, StringSerializer.INSTANCE));
            union.get().forEach(kept::add);
            union.clear();
        }
        for (String other : kept) {
            if (!other.equals(setting)) {
                throw new SuppressRestartsException(new IllegalStateException(refused.apply(other)));
            }
        }
        return state;
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
