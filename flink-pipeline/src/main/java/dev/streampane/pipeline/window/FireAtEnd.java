// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * Fires a pane when the watermark reaches the window's last millisecond, and at every later record; keeps the pane.
 *
 * <p>Like Flink's EventTimeTrigger, with one addition. Flink clears a pane only at the time {@code end - 1 + L} (L: allowed lateness), so a
 * pane that was restored with another L would never be cleared: its timer fires at a time that has no meaning any more or, if L was 0, is
 * the timer that fires the pane. Here each timer registers the timer that clears the pane.
 */
final class FireAtEnd extends PreviewTrigger<TimeWindow> {

    /** Set only if the allowed lateness is 0, where the time to clear is also the time to fire: the pane has already fired. */
    private static final ValueStateDescriptor<Boolean> OVERDUE = new ValueStateDescriptor<>("overdue", Types.BOOLEAN);

    private final long allowedLateness;

    FireAtEnd(Firing firing) {
        super(firing.preview());
        this.allowedLateness = firing.allowedLateness().toMillis();
    }

    @Override
    public TriggerResult onElement(Object element, long timestamp, TimeWindow window, TriggerContext context)
            throws Exception {
        if (window.maxTimestamp() <= context.getCurrentWatermark()) {
            return TriggerResult.FIRE;
        }
        context.registerEventTimeTimer(window.maxTimestamp());
        schedulePreview(context);
        return TriggerResult.CONTINUE;
    }

    @Override
    public TriggerResult onEventTime(long time, TimeWindow window, TriggerContext context) throws Exception {
        long clearing = window.maxTimestamp() + allowedLateness;
        if (time != clearing && context.getCurrentWatermark() != Long.MAX_VALUE) {
            context.registerEventTimeTimer(clearing);
        }
        if (time != window.maxTimestamp()) {
            if (time != clearing && allowedLateness == 0) {
                context.getPartitionedState(OVERDUE).update(true);
            }
            return TriggerResult.CONTINUE;
        }
        cancelPreview(context);
        return allowedLateness == 0 && context.getPartitionedState(OVERDUE).value() != null
                ? TriggerResult.CONTINUE
                : TriggerResult.FIRE;
    }

    @Override
    public void clear(TimeWindow window, TriggerContext context) throws Exception {
        cancelPreview(context);
        if (allowedLateness == 0) {
            context.getPartitionedState(OVERDUE).clear();
        }
        context.deleteEventTimeTimer(window.maxTimestamp());
    }
}
