// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.time.Duration;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;

/** Fires and purges a pane after every {@code records} records of a key. */
final class FireAtCount extends PreviewTrigger<GlobalWindow> {

    private static final ValueStateDescriptor<Long> COUNT = new ValueStateDescriptor<>("count", Types.LONG);

    private final long records;

    FireAtCount(long records, Duration preview) {
        super(preview);
        this.records = records;
    }

    @Override
    public TriggerResult onElement(Object element, long timestamp, GlobalWindow window, TriggerContext context)
            throws Exception {
        ValueState<Long> count = context.getPartitionedState(COUNT);
        long now = (count.value() == null ? 0 : count.value()) + 1;
        if (now < records) {
            count.update(now);
            schedulePreview(context);
            return TriggerResult.CONTINUE;
        }
        clear(window, context);
        return TriggerResult.FIRE_AND_PURGE;
    }

    @Override
    public TriggerResult onEventTime(long time, GlobalWindow window, TriggerContext context) {
        return TriggerResult.CONTINUE;
    }

    @Override
    public void clear(GlobalWindow window, TriggerContext context) throws Exception {
        context.getPartitionedState(COUNT).clear();
        cancelPreview(context);
    }
}
