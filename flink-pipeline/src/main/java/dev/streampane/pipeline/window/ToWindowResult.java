// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.state.PublishedSerializer;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Creates a result for each firing of a pane. The first is FINAL; every later one is REVISED, caused by a late record. Previews before the
 * first are EARLY.
 *
 * <p>The pane's state has the generation that published its last revision.
 */
public final class ToWindowResult extends ProcessWindowFunction<Partial, Output, String, TimeWindow> {

    /** Name of the pane's state: part of the on-disk format. */
    static final String PUBLISHED = "published";

    private static final ValueStateDescriptor<Published> DESCRIPTOR =
            new ValueStateDescriptor<>(PUBLISHED, new PublishedSerializer());

    private final SpecResults results;

    ToWindowResult(SpecResults results) {
        this.results = results;
    }

    @Override
    public void process(String key, Context context, Iterable<Partial> panes, Collector<Output> out) throws Exception {
        ValueState<Published> state = context.windowState().getState(DESCRIPTOR);
        int generation = results.label().generation();
        boolean preview = PreviewTrigger.isPreview(context.windowState());
        Revision revision =
                preview ? Revision.preview(state.value(), generation) : Revision.after(state.value(), generation);
        if (!preview) {
            state.update(new Published(generation, revision.rev()));
        }
        out.collect(results.result(
                key,
                context.window().getStart(),
                context.window().getEnd(),
                revision,
                panes.iterator().next(),
                context.currentWatermark()));
    }

    @Override
    public void clear(Context context) throws Exception {
        context.windowState().getState(DESCRIPTOR).clear();
    }
}
