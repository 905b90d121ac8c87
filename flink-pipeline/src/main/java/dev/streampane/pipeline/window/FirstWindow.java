// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.CalendarSpec;
import dev.streampane.contract.WindowSpec;

/**
 * The first window of an event time. If windows do not overlap, the last window found is kept and used for all times in it, because
 * computing the start of a day for each record is too slow. Not thread-safe.
 */
public final class FirstWindow {

    private final WindowSpec spec;
    private final boolean apart;
    private long time;
    private long start = Long.MAX_VALUE;
    private long end = Long.MIN_VALUE;

    /** For windows of {@code spec}; call {@link #at} first. */
    public FirstWindow(WindowSpec spec) {
        this.spec = spec;
        this.apart = spec instanceof WindowSpec.Tumbling || spec instanceof CalendarSpec;
    }

    /** Sets the event time; returns this. */
    public FirstWindow at(long eventTime) {
        time = eventTime;
        if (apart && (eventTime < start || eventTime >= end)) {
            start = spec.firstStart(eventTime);
            end = spec.firstEnd(eventTime);
        }
        return this;
    }

    /** As {@link WindowSpec#firstStart}. */
    public long start() {
        return apart ? start : spec.firstStart(time);
    }

    /** As {@link WindowSpec#firstEnd}. */
    public long end() {
        return apart ? end : spec.firstEnd(time);
    }

    WindowSpec spec() {
        return spec;
    }
}
