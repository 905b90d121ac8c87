// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;

/**
 * The first of a time's windows, for one time after the other: where windows do not overlap it is looked for only when a time is in another
 * one, for a day's start takes longer than a record should. For one thread.
 */
public final class FirstWindow {

    private final WindowSpec spec;
    private final boolean apart;
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;
    private long start;
    private long end;

    /** Of windows of that specification; {@link #at} comes first. */
    public FirstWindow(WindowSpec spec) {
        this.spec = spec;
        this.apart = spec instanceof WindowSpec.Tumbling || spec instanceof WindowSpec.Calendar;
    }

    /** This, at another time. */
    public FirstWindow at(long eventTime) {
        if (eventTime < from || eventTime >= to) {
            start = spec.firstStart(eventTime);
            end = spec.firstEnd(eventTime);
            from = apart ? start : Long.MAX_VALUE;
            to = apart ? end : Long.MIN_VALUE;
        }
        return this;
    }

    /** As {@link WindowSpec#firstStart}. */
    public long start() {
        return start;
    }

    /** As {@link WindowSpec#firstEnd}. */
    public long end() {
        return end;
    }

    WindowSpec spec() {
        return spec;
    }
}
