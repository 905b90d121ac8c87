// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.function.Consumer;

/** What is published, in its order, and when it is due. For use by one thread. */
public interface Schedule {

    /** What {@link #nextDueMillis} says when nothing is due any more. */
    long NEVER = Long.MAX_VALUE;

    /** When the next record is due, in ms since the epoch, or {@link #NEVER}. */
    long nextDueMillis();

    /** Takes what is due next, which may be nothing or several records. */
    void next(Consumer<OutgoingRecord> consumer);

    /**
     * From now on at another rate, without a record of an earlier event time than the last.
     *
     * @param rate records per second
     * @param nowMillis the time in ms since the epoch
     */
    void rate(long rate, long nowMillis);

    /** Whether only heartbeats are left. */
    boolean finished();
}
