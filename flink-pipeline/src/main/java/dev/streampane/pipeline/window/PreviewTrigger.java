// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.time.Duration;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.Window;

/**
 * A trigger that also fires previews of panes, in processing time: once after each interval in which a record came. The window function
 * calls {@link #isPreview} to know whether a firing is a preview.
 */
abstract class PreviewTrigger<W extends Window> extends Trigger<Object, W> {

    private static final ValueStateDescriptor<Long> DUE = new ValueStateDescriptor<>("preview-due", Types.LONG);
    private static final ValueStateDescriptor<Boolean> SHOWING =
            new ValueStateDescriptor<>("preview-showing", Types.BOOLEAN);

    private final long interval;

    /**
     * @param interval time between previews; zero = none
     */
    PreviewTrigger(Duration interval) {
        this.interval = interval.toMillis();
    }

    /** Schedules a preview; for a record that came to a pane that has not fired. */
    final void schedulePreview(TriggerContext context) throws Exception {
        if (interval == 0) {
            return;
        }
        ValueState<Long> due = context.getPartitionedState(DUE);
        if (due.value() == null) {
            due.update(context.getCurrentProcessingTime() + interval);
            context.registerProcessingTimeTimer(due.value());
        }
    }

    /** Fires the preview; does nothing if the job was restored with previews off. */
    @Override
    public final TriggerResult onProcessingTime(long time, W window, TriggerContext context) throws Exception {
        context.getPartitionedState(DUE).clear();
        if (interval == 0) {
            return TriggerResult.CONTINUE;
        }
        context.getPartitionedState(SHOWING).update(true);
        return TriggerResult.FIRE;
    }

    /** Cancels the preview of a pane that fires or is cleared. */
    final void cancelPreview(TriggerContext context) throws Exception {
        // a job that was restored with previews off may still have a timer
        ValueState<Long> due = context.getPartitionedState(DUE);
        if (due.value() != null) {
            context.deleteProcessingTimeTimer(due.value());
            due.clear();
        }
    }

    /** Whether the current firing is a preview; resets the mark. */
    static boolean isPreview(KeyedStateStore paneState) throws Exception {
        ValueState<Boolean> showing = paneState.getState(SHOWING);
        boolean preview = showing.value() != null;
        showing.clear();
        return preview;
    }
}
