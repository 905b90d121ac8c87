// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.operators.StreamFilter;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // the harness's close() says that it may throw anything
class StartsWithTest {

    private static final String BEFORE = "starts-with";

    @Test
    void shouldGoByTheStateOfTheBuildsBeforeAndWriteItOnce() throws Exception {
        OperatorSubtaskState old = snapshot(new UnionState(), null);
        assertThat(entries(old, BEFORE)).isOne();

        assertThatThrownBy(() -> snapshot(new StartsWith("g"), old))
                .hasStackTraceContaining("--starts-with is 'g', and the state has 'f'");
        OperatorSubtaskState written = snapshot(new StartsWith("f"), old);

        assertThat(entries(written, BEFORE)).isZero();
        assertThat(entries(written, StartsWith.STARTS_WITH)).isOne();
        assertThatThrownBy(() -> snapshot(new StartsWith("g"), written))
                .hasStackTraceContaining("--starts-with is 'g', and the state has 'f'");
    }

    private static OperatorSubtaskState snapshot(FilterFunction<String> words, OperatorSubtaskState from)
            throws Exception {
        try (var operator = new OneInputStreamOperatorTestHarness<>(new StreamFilter<>(words))) {
            if (from != null) {
                operator.initializeState(from);
            }
            operator.open();
            return operator.snapshot(1, 1);
        }
    }

    private static int entries(OperatorSubtaskState state, String name) {
        int entries = 0;
        for (OperatorStateHandle handle : state.getManagedOperatorState()) {
            var written = handle.getStateNameToPartitionOffsets().get(name);
            entries += written == null ? 0 : written.getOffsets().length;
        }
        return entries;
    }

    /** As words were kept to a prefix before. */
    private static final class UnionState implements FilterFunction<String>, CheckpointedFunction {

        private transient ListState<String> prefixes;

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            prefixes = context.getOperatorStateStore()
                    .getUnionListState(new ListStateDescriptor<>(BEFORE, StringSerializer.INSTANCE));
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            prefixes.update(List.of("f"));
        }

        @Override
        public boolean filter(String word) {
            return true;
        }
    }
}
