// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.iot.tags.TagTimeline;
import dev.streampane.simulation.JsonText;
import dev.streampane.simulation.OutgoingRecord;
import dev.streampane.simulation.Schedule;
import java.util.Map;
import java.util.function.Consumer;

/** The tags' messages and heartbeats as records. */
final class TagSchedule implements Schedule {

    private final TagTimeline timeline;
    private final JsonText text = new JsonText();

    TagSchedule(TagTimeline timeline) {
        this.timeline = timeline;
    }

    @Override
    public long nextDueMillis() {
        return timeline.nextDueMillis();
    }

    @Override
    public void next(Consumer<OutgoingRecord> consumer) {
        timeline.next(new TagTimeline.Sink() {
            @Override
            public void message(long number, byte[] csv) {
                consumer.accept(new OutgoingRecord(number, false, null, csv, Map.of()));
            }

            @Override
            public void heartbeat(long second) {
                consumer.accept(OutgoingRecord.heartbeat(second, text.heartbeat(second * 1000)));
            }
        });
    }

    @Override
    public void rate(long rate, long nowMillis) {
        timeline.rate(rate, nowMillis);
    }

    @Override
    public boolean finished() {
        return false;
    }
}
