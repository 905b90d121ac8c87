// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult.Status;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Makes a result of each firing of a pane. The first is FINAL; every one after it is REVISED, caused by a late record.
 *
 * <p>The pane remembers which generation said its last revision: within one generation {@code rev} counts 1, 2, 3 …; after a restore into
 * another one it starts again at 1, and the status stays REVISED.
 */
final class ToWindowResult extends ProcessWindowFunction<Partial, Output, String, TimeWindow> {

    /** Name of the pane's state: part of the on-disk format. */
    static final String PUBLISHED = "published";

    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<Published> DESCRIPTOR =
            new ValueStateDescriptor<>(PUBLISHED, Published.class);

    private final ResultRow row;

    /** The last revision that was said about a pane, and by which generation. */
    public record Published(int generation, int rev) {

        /** The number of the next revision in {@code generation}; {@code before} is null when nothing was said so far. */
        static int nextRev(Published before, int generation) {
            return before != null && before.generation == generation ? before.rev + 1 : 1;
        }
    }

    ToWindowResult(ResultRow row) {
        this.row = row;
    }

    @Override
    public void process(String key, Context context, Iterable<Partial> panes, Collector<Output> out)
            throws Exception {
        ValueState<Published> state = context.windowState().getState(DESCRIPTOR);
        Published before = state.value();
        int generation = row.label().generation();
        int rev = Published.nextRev(before, generation);
        state.update(new Published(generation, rev));
        out.collect(
                row.of(
                        key,
                        context.window(),
                        rev,
                        before == null ? Status.FINAL : Status.REVISED,
                        panes.iterator().next(),
                        context.currentWatermark()));
    }

    @Override
    public void clear(Context context) throws Exception {
        context.windowState().getState(DESCRIPTOR).clear();
    }
}
