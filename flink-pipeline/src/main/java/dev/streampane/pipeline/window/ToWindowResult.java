// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;
import java.time.Instant;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Makes a {@link WindowResult} of each firing of a pane. The first is FINAL; every one after it is REVISED, caused by a late record.
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

    private final JobLabel label;
    private final WindowSpec spec;
    private final ResultShape shape;

    /** The last revision that was said about a pane, and by which generation. */
    public record Published(int generation, int rev) {}

    ToWindowResult(JobLabel label, WindowSpec spec, ResultShape shape) {
        this.label = label;
        this.spec = spec;
        this.shape = shape;
    }

    @Override
    public void process(String key, Context context, Iterable<Partial> panes, Collector<Output> out)
            throws Exception {
        ValueState<Published> state = context.windowState().getState(DESCRIPTOR);
        Published before = state.value();
        int rev =
                before != null && before.generation() == label.generation() ? before.rev() + 1 : 1;
        state.update(new Published(label.generation(), rev));
        out.collect(
                result(
                        key,
                        context,
                        rev,
                        before == null ? Status.FINAL : Status.REVISED,
                        panes.iterator().next()));
    }

    private WindowResult result(String key, Context context, int rev, Status status, Partial pane) {
        Instant start = Instant.ofEpochMilli(context.window().getStart());
        Instant end = Instant.ofEpochMilli(context.window().getEnd());
        return new WindowResult(
                ResultId.of(label.job(), spec, key, start, end),
                label.job(),
                spec.canonical(),
                key,
                new WindowResult.Window(spec.kind(), start, end, label.zone()),
                label.generation(),
                rev,
                status,
                status == Status.FINAL ? Cause.WATERMARK : Cause.LATE_RECORD,
                pane.complete,
                shape.values(pane),
                shape.sums(pane),
                pane.count,
                pane.late,
                Instant.ofEpochMilli(pane.minEventTime),
                Instant.ofEpochMilli(pane.maxEventTime),
                watermark(context.currentWatermark()),
                pane.provenance.inputs(),
                label.jobVersion());
    }

    /** Neither "none yet" nor the "no more" of an ended input is a time that people could read. */
    private static Instant watermark(long watermark) {
        return watermark == Long.MIN_VALUE || watermark == Long.MAX_VALUE
                ? null
                : Instant.ofEpochMilli(watermark);
    }

    @Override
    public void clear(Context context) throws Exception {
        context.windowState().getState(DESCRIPTOR).clear();
    }
}
