// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import java.io.Serializable;
import java.math.BigInteger;
import java.time.Duration;

/**
 * A window specification: says which windows a record falls into. Times are ms since the epoch; windows are {@code [start, end)}.
 *
 * <p>{@link WindowSpecParser} parses the text form. Equal specifications have equal texts.
 */
public sealed interface WindowSpec extends Serializable
        permits CalendarSpec,
                WindowSpec.Global,
                WindowSpec.None,
                WindowSpec.Session,
                WindowSpec.Sliding,
                WindowSpec.Tumbling {

    /** The canonical text, such as {@code tumbling(1m)} or {@code all:sliding(10m,1m)}. */
    default String canonical() {
        return toString();
    }

    /** The word before the parenthesis of the text, such as {@code tumbling}. */
    String kind();

    /**
     * The end of the window with {@code eventTime} that ends first. A record is late if this end is at or below the horizon of its
     * partition. {@link Long#MAX_VALUE} if no record is ever late.
     */
    long firstEnd(long eventTime);

    /**
     * The start of the earliest window with {@code eventTime}: input that was read only from a later time on may lack records of that
     * window. {@link Long#MIN_VALUE} if every earlier record matters.
     */
    long firstStart(long eventTime);

    /** Whether one window holds the records of all keys; the key of each record is then the empty text. */
    default boolean allKeys() {
        return false;
    }

    /** Whether the panes depend on the order in which records of different partitions arrive, so that a replay does not reproduce them. */
    default boolean dependsOnArrival() {
        return false;
    }

    /**
     * No windows: a record at {@code t} stands for itself, as {@code [t, t + 1)}, and is late if {@code t} is below the horizon. Users
     * cannot configure it: a job either has windows or has none.
     */
    record None() implements WindowSpec {

        @Override
        public String toString() {
            return kind();
        }

        @Override
        public String kind() {
            return "none";
        }

        @Override
        public long firstEnd(long eventTime) {
            return eventTime + 1;
        }

        @Override
        public long firstStart(long eventTime) {
            return eventTime;
        }
    }

    /**
     * Windows {@code [n * size + offset, (n + 1) * size + offset)}; each record is in exactly one.
     *
     * <p>Size 4 s, records at 0, 1, 4, 7, 8 s: {@code [0,4) -> 0 1 | [4,8) -> 4 7 | [8,12) -> 8}. With offset 1 s:
     * {@code [-3,1) -> 0 | [1,5) -> 1 4 | [5,9) -> 7 8}.
     *
     * @param size positive, whole milliseconds
     * @param offset shift of the windows from the epoch; kept in {@code [0, size)}
     */
    record Tumbling(Duration size, Duration offset, boolean allKeys) implements WindowSpec {

        /** Refuses a size that is not positive whole milliseconds; normalizes the offset to {@code [0, size)}. */
        public Tumbling {
            requirePositive("size", size);
            offset = Duration.ofMillis(Math.floorMod(offset.toMillis(), size.toMillis()));
        }

        @Override
        public String toString() {
            return all(allKeys)
                    + kind()
                    + '('
                    + Durations.format(size)
                    + (offset.isZero() ? "" : ",offset=" + Durations.format(offset))
                    + ')';
        }

        @Override
        public String kind() {
            return "tumbling";
        }

        @Override
        public long firstEnd(long eventTime) {
            return firstStart(eventTime) + size.toMillis();
        }

        @Override
        public long firstStart(long eventTime) {
            return eventTime - Math.floorMod(eventTime - offset.toMillis(), size.toMillis());
        }
    }

    /**
     * Overlapping windows {@code [n * slide, n * slide + size)}. A record falls into at most {@code size / slide} of them, rounded up. It
     * is counted in all of them or, if the first of them is closed, in none.
     *
     * <p>Size 4 s, slide 2 s, records at 0 to 6 s: {@code [-2,2) -> 0 1 | [0,4) -> 0 1 2 3 | [2,6) -> 2 3 4 5 | [4,8) -> 4 5 6 | [6,10) ->
     * 6}.
     *
     * @param size positive, whole milliseconds
     * @param slide step between window starts; positive, at most {@code size}, not necessarily a divisor of it
     */
    record Sliding(Duration size, Duration slide, boolean allKeys) implements WindowSpec {

        /** Refuses values that are not positive whole milliseconds, and a slide above the size, which would leave gaps between windows. */
        public Sliding {
            requirePositive("size", size);
            requirePositive("slide", slide);
            if (slide.compareTo(size) > 0) {
                throw new IllegalArgumentException("slide " + slide + " is above size " + size);
            }
        }

        @Override
        public String toString() {
            return all(allKeys) + kind() + '(' + Durations.format(size) + ',' + Durations.format(slide) + ')';
        }

        @Override
        public String kind() {
            return "sliding";
        }

        @Override
        public long firstEnd(long eventTime) {
            return firstStart(eventTime) + size.toMillis();
        }

        @Override
        public long firstStart(long eventTime) {
            long step = slide.toMillis();
            return (Math.floorDiv(eventTime - size.toMillis(), step) + 1) * step;
        }

        /** The length in ms of the slices that make up the windows; every window starts and ends at a slice boundary. */
        public long slice() {
            return BigInteger.valueOf(size.toMillis())
                    .gcd(BigInteger.valueOf(slide.toMillis()))
                    .longValueExact();
        }

        /**
         * The latest end at or before {@code by} of the windows with {@code eventTime}; the caller makes sure that the first of them ends
         * by then.
         */
        public long lastEnd(long eventTime, long by) {
            long step = slide.toMillis();
            long last = Math.floorDiv(eventTime, step) * step + size.toMillis();
            return last + Math.min(0, Math.floorDiv(by - last, step)) * step;
        }
    }

    /**
     * Session windows: a record's own window is {@code [t, t + gap)}, and windows that overlap or touch are merged. Consecutive records of
     * a key that are at most {@code gap} apart are thus in one session.
     *
     * <p>Gap 2 s, records at 0, 1, 4, 8, 9, 10, 15 s: {@code [0,3) -> 0 1 | [4,6) -> 4 | [8,12) -> 8 9 10 | [15,17) -> 15}.
     *
     * @param gap positive, whole milliseconds
     */
    record Session(Duration gap, boolean allKeys) implements WindowSpec {

        /** Refuses a gap that is not positive whole milliseconds. */
        public Session {
            requirePositive("gap", gap);
        }

        @Override
        public String toString() {
            return all(allKeys) + kind() + '(' + Durations.format(gap) + ')';
        }

        @Override
        public String kind() {
            return "session";
        }

        @Override
        public long firstEnd(long eventTime) {
            return eventTime + gap.toMillis();
        }

        @Override
        public long firstStart(long eventTime) {
            return eventTime - gap.toMillis();
        }
    }

    /**
     * One endless window per key, published as panes while records arrive; no record is late.
     *
     * <p>{@code global(count=2)} with records 1, 2, 3, 4, 5: pane 0 has 1 2, pane 1 has 3 4. {@code global(every=30s)}: at each multiple of
     * 30 s that the watermark reaches, the total of all records of the key so far.
     *
     * @param count records per pane; 0 if panes are made by time
     * @param every time between panes; zero if panes are made by count
     */
    record Global(long count, Duration every) implements WindowSpec {

        /** Refuses values that do not set exactly one of count and time. */
        public Global {
            if (count < 0 || count > 0 != every.isZero()) {
                throw new IllegalArgumentException("neither a count nor a time: " + count + ", " + every);
            }
            if (count == 0) {
                requirePositive("every", every);
            }
        }

        /** One pane per {@code count} records of a key. */
        public static Global ofCount(long count) {
            return new Global(count, Duration.ZERO);
        }

        /** A running total of a key at every multiple of {@code period} that the watermark reaches. */
        public static Global atEvery(Duration period) {
            return new Global(0, period);
        }

        @Override
        public String toString() {
            return kind() + (count > 0 ? "(count=" + count : "(every=" + Durations.format(every)) + ')';
        }

        @Override
        public String kind() {
            return "global";
        }

        @Override
        public long firstEnd(long eventTime) {
            return Long.MAX_VALUE;
        }

        @Override
        public long firstStart(long eventTime) {
            return Long.MIN_VALUE;
        }

        @Override
        public boolean dependsOnArrival() {
            return true;
        }
    }

    private static String all(boolean allKeys) {
        return allKeys ? "all:" : "";
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.toMillis() <= 0 || duration.getNano() % 1_000_000 != 0) {
            throw new IllegalArgumentException(name + ' ' + duration + " is not positive whole ms");
        }
    }
}
