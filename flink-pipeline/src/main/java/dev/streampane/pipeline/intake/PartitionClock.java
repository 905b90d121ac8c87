// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.decode.Decoded;

/**
 * The event time of one partition, from its own log alone: the clock C and, per window specification, the horizon H, up to which windows
 * are closed.
 *
 * <p>C is the largest {@code min(event time, append time)} of the valid records and heartbeats so far; without append times it is the
 * largest event time. H is the largest {@code C - B - L} so far (B: out-of-orderness, L: allowed lateness), so that a closed window stays
 * closed when B or L change.
 *
 * <p>Example: B 5 s, L 1 min, records at 12:00:00, 12:02:05 and 12:01:00, each appended at its event time. At first and after each record,
 * C is none, 12:00:00, 12:02:05, 12:02:05 and H is none, 11:58:55, 12:01:00, 12:01:00. After the second record, a record of the window that
 * ends at 12:01:00 is late, because {@code end <= H}; one of the window that ends at 12:02:00 is counted.
 */
final class PartitionClock {

    /** No time yet. */
    static final long NONE = Long.MIN_VALUE;

    private final long outOfOrderness;
    private final long allowedLateness;
    private final long[] horizons;
    private long clock;

    /** A clock that continues from {@code clock} and {@code horizons}, one per specification; {@link #NONE} for no value. */
    PartitionClock(long outOfOrderness, long allowedLateness, long clock, long[] horizons) {
        this.outOfOrderness = outOfOrderness;
        this.allowedLateness = allowedLateness;
        this.horizons = horizons.clone();
        this.clock = clock;
        raiseHorizons();
    }

    /** Advances the clock to the time of a valid record or heartbeat, its {@link #clockTime}. */
    void advance(long clockTime) {
        if (clockTime > clock) {
            clock = clockTime;
            raiseHorizons();
        }
    }

    private void raiseHorizons() {
        if (clock != NONE) {
            long horizon = clock - outOfOrderness - allowedLateness;
            for (int spec = 0; spec < horizons.length; spec++) {
                horizons[spec] = Math.max(horizons[spec], horizon);
            }
        }
    }

    /** C in ms since the epoch, or {@link #NONE}. */
    long clock() {
        return clock;
    }

    /** H of one specification in ms since the epoch, or {@link #NONE}. */
    long horizon(int spec) {
        return horizons[spec];
    }

    /** A copy of the current state. */
    PartitionClock copy() {
        return new PartitionClock(outOfOrderness, allowedLateness, clock, horizons);
    }

    /** Whether a window that closes at {@code end} is closed for records: {@code end <= H}. */
    boolean isClosed(int spec, long end) {
        return end <= horizons[spec];
    }

    /** The time up to which windows have ended, closed or not: {@code C - B}, or {@link #NONE}. */
    long passed() {
        return clock == NONE ? NONE : clock - outOfOrderness;
    }

    /**
     * The time to which a valid record advances the clock: its event time, but never more than its append time; {@link #NONE} for a record
     * without an event time.
     */
    static long clockTime(Decoded<?> decoded) {
        return decoded.fetched().guarded()
                ? Math.min(decoded.eventTime(), decoded.fetched().appendTime())
                : decoded.eventTime();
    }

    /** Whether a record's event time is more than {@code skew} ms ahead of its append time. */
    static boolean isFuture(Decoded<?> decoded, long skew) {
        return decoded.fetched().guarded()
                && decoded.eventTime() != Decoded.UNTIMED
                && decoded.eventTime() - decoded.fetched().appendTime() > skew;
    }
}
