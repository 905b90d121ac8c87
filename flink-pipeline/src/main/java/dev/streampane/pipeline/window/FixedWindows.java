// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import java.util.Collection;
import java.util.Collections;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.windowing.assigners.WindowAssigner;
import org.apache.flink.streaming.api.windowing.triggers.EventTimeTrigger;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/** Assigns each record to its only window, for windows with fixed borders: tumbling and calendar windows. */
final class FixedWindows extends WindowAssigner<Object, TimeWindow> {

    private final WindowSpec spec;
    private transient TimeWindow last;

    FixedWindows(WindowSpec spec) {
        this.spec = spec;
    }

    @Override
    public Collection<TimeWindow> assignWindows(Object element, long timestamp, WindowAssignerContext context) {
        if (last == null || timestamp < last.getStart() || timestamp >= last.getEnd()) {
            last = new TimeWindow(spec.firstStart(timestamp), spec.firstEnd(timestamp));
        }
        return Collections.singletonList(last);
    }

    @Override
    public Trigger<Object, TimeWindow> getDefaultTrigger() {
        return EventTimeTrigger.create();
    }

    @Override
    public TypeSerializer<TimeWindow> getWindowSerializer(ExecutionConfig config) {
        return new TimeWindow.Serializer();
    }

    @Override
    public boolean isEventTime() {
        return true;
    }

    @Override
    public String toString() {
        return spec.canonical();
    }
}
