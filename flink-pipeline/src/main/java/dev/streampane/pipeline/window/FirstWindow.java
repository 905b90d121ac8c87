// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.CalendarSpec;
import dev.streampane.contract.WindowSpec;

/**
 * The first of a time's windows, for one time after the other: where windows do not overlap it is looked for only when a time is in another
 * one, for a day's start takes longer than a record should. For one thread.
 */
public final class FirstWindow {

    private final WindowSpec spec;
    private final boolean apart;
    private long time;
    private long start = Long.MAX_VALUE;
    private long end = Long.MIN_VALUE;

    /** Of windows of that specification; {@link #at} comes first. */
    public FirstWindow(WindowSpec spec) {
        this.spec = spec;
        this.apart = spec instanceof WindowSpec.Tumbling || spec instanceof CalendarSpec;
    }

    /** This, at another time. */
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
