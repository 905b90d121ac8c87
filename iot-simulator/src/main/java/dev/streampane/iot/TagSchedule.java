// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.iot.tags.TagTimeline;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** The tags' messages and heartbeats as records. */
final class TagSchedule implements Lane.Schedule {

    private final TagTimeline timeline;
    private final LongFunction<byte[]> heartbeats;

    /**
     * @param heartbeats writes a heartbeat of an event time in ms since the epoch
     */
    TagSchedule(TagTimeline timeline, LongFunction<byte[]> heartbeats) {
        this.timeline = timeline;
        this.heartbeats = heartbeats;
    }

    @Override
    public long nextDueMillis() {
        return timeline.nextDueMillis();
    }

    @Override
    public void next(Consumer<Outgoing> consumer) {
        timeline.next(
                new TagTimeline.Taker() {
                    @Override
                    public void message(long number, byte[] csv) {
                        consumer.accept(new Outgoing(number, false, null, csv, null));
                    }

                    @Override
                    public void heartbeat(long second) {
                        consumer.accept(
                                Outgoing.heartbeat(second, heartbeats.apply(second * 1000)));
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
