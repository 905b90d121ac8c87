// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;
import org.apache.flink.util.Collector;

/** Creates a FINAL result for each firing of a global window. The panes of a key are numbered, and each has one result. */
final class ToGlobalResult extends ProcessWindowFunction<Partial, Output, String, GlobalWindow> {

    private static final ValueStateDescriptor<Long> NEXT = new ValueStateDescriptor<>("next", Types.LONG);

    private final SpecResults results;
    private final Cause cause;

    ToGlobalResult(SpecResults results) {
        this.results = results;
        this.cause = ((WindowSpec.Global) results.spec()).count() > 0 ? Cause.COUNT : Cause.WATERMARK;
    }

    @Override
    public void process(String key, Context context, Iterable<Partial> panes, Collector<Output> out) throws Exception {
        boolean preview = PreviewTrigger.isPreview(context.windowState());
        out.collect(results.numbered(
                key,
                cause == Cause.COUNT ? counted(preview, context) : reached(preview, context),
                preview ? Revision.preview(null, results.label().generation()) : new Revision(1, Status.FINAL, cause),
                panes.iterator().next(),
                context.currentWatermark()));
    }

    /** Panes of a record count are numbered from 0. */
    private static long counted(boolean preview, Context context) throws Exception {
        ValueState<Long> next = context.windowState().getState(NEXT);
        long number = next.value() == null ? 0 : next.value();
        if (!preview) {
            next.update(number + 1);
        }
        return number;
    }

    /** Totals have the number of the multiple; a preview has the number of the next multiple. */
    private static long reached(boolean preview, Context context) throws Exception {
        return context.windowState().getState(FireAtMultiples.REACHED).value() + (preview ? 1 : 0);
    }
}
