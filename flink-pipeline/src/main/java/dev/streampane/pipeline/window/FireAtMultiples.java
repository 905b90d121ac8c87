// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.time.Duration;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;

/**
 * Fires the running total of a key when the watermark reaches a multiple of a period; keeps the total. If the watermark jumps over several
 * multiples, the total fires once, for the last of them: a clock that jumps by years costs no more than a steady one.
 *
 * <p>Example: period 30 s, records at 5 s and 40 s, watermarks at 29, 31, 62 and 200 s: fires at 31 for multiple 1, at 62 for 2, at 200 for
 * 6.
 *
 * <p>With a time to live, a key is removed at the first multiple at which its newest record is at least that much behind the watermark,
 * once its total has been emitted.
 */
final class FireAtMultiples extends PreviewTrigger<GlobalWindow> {

    /** The number of the last multiple for which the pane fired, or that had passed when the pane was created. Read by {@link ToGlobalResult}. */
    static final ValueStateDescriptor<Long> REACHED = new ValueStateDescriptor<>("reached", Types.LONG);

    private static final ValueStateDescriptor<Long> NEWEST = new ValueStateDescriptor<>("newest", Types.LONG);
    private static final ValueStateDescriptor<Boolean> UNTOLD = new ValueStateDescriptor<>("untold", Types.BOOLEAN);

    private final long period;
    private final long timeToLive;

    FireAtMultiples(Duration period, Firing firing) {
        super(firing.preview());
        this.period = period.toMillis();
        this.timeToLive = firing.stateTtl().toMillis();
    }

    @Override
    public TriggerResult onElement(Object element, long timestamp, GlobalWindow window, TriggerContext context)
            throws Exception {
        if (context.getPartitionedState(REACHED).value() == null) {
            long watermark = context.getCurrentWatermark();
            long now = watermark == Long.MIN_VALUE ? timestamp : watermark;
            reach(Math.max(-1, Math.floorDiv(now, period)), context);
        }
        if (timeToLive > 0) {
            ValueState<Long> newest = context.getPartitionedState(NEWEST);
            newest.update(newest.value() == null ? timestamp : Math.max(newest.value(), timestamp));
            context.getPartitionedState(UNTOLD).update(true);
        } else { // left by a run with a time to live, and outdated if there is one again
            context.getPartitionedState(NEWEST).clear();
            context.getPartitionedState(UNTOLD).clear();
        }
        schedulePreview(context);
        return TriggerResult.CONTINUE;
    }

    private void reach(long number, TriggerContext context) throws Exception {
        context.getPartitionedState(REACHED).update(number);
        if (context.getCurrentWatermark() != Long.MAX_VALUE) {
            context.registerEventTimeTimer((number + 1) * period);
        }
    }

    @Override
    public TriggerResult onEventTime(long time, GlobalWindow window, TriggerContext context) throws Exception {
        cancelPreview(context);
        long watermark = context.getCurrentWatermark();
        if (isForgotten(watermark, context)) {
            context.getPartitionedState(REACHED).clear();
            context.getPartitionedState(NEWEST).clear();
            return TriggerResult.PURGE;
        }
        reach((watermark == Long.MAX_VALUE ? time : watermark) / period, context);
        return TriggerResult.FIRE;
    }

    private boolean isForgotten(long watermark, TriggerContext context) throws Exception {
        if (timeToLive == 0) {
            return false;
        }
        ValueState<Boolean> untold = context.getPartitionedState(UNTOLD);
        if (untold.value() != null) {
            untold.clear();
            return false;
        }
        ValueState<Long> newest = context.getPartitionedState(NEWEST);
        if (newest.value() == null) {
            newest.update(watermark); // restored from a run without a time to live
        }
        return newest.value() + timeToLive <= watermark;
    }

    /** Never called: the window has no end. */
    @Override
    public void clear(GlobalWindow window, TriggerContext context) throws Exception {
        cancelPreview(context);
    }
}
