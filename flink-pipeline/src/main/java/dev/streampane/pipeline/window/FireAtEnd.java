// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * Fires a pane when the watermark reaches the window's last millisecond, and at every record after that; keeps the pane.
 *
 * <p>Does as Flink's EventTimeTrigger does, and one thing more. Flink clears a pane at the time {@code end - 1 + L} and at no other, so a
 * pane that was restored under another L would never go: its timer comes at a time that means nothing any more, or, without lateness, is
 * the one that fires. Here each timer sets the one that is meant.
 */
final class FireAtEnd extends PreviewTrigger<TimeWindow> {

    /** Set only without lateness, where the time to clear is also the time to fire: the pane has fired long ago. */
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
