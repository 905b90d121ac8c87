// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.io.Serializable;
import java.time.Duration;

/**
 * A window specification: which windows a record falls into. Times are ms since the epoch; windows are {@code [start, end)}.
 *
 * <p>{@link WindowSpecParser} reads the text form.
 */
public sealed interface WindowSpec extends Serializable {

    /** The canonical text, {@code tumbling(1m)} or {@code tumbling(1h,offset=15m)}: equal specifications, equal texts. */
    String canonical();

    /** The word before the parenthesis. */
    String kind();

    /** The end of the first of the windows with {@code eventTime} to close. */
    long firstEnd(long eventTime);

    /** The start of the first of the windows with {@code eventTime}. */
    long firstStart(long eventTime);

    /**
     * No windows: each record stands for itself, as {@code [t, t + 1)}, and is late when {@code t < H}. Not to be asked for: a job either
     * has windows or not.
     */
    record None() implements WindowSpec {

        @Override
        public String canonical() {
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

        @Override
        public String toString() {
            return canonical();
        }
    }

    /**
     * Windows {@code [n * size + offset, (n + 1) * size + offset)}, each record in exactly one.
     *
     * <p>size 4 s, records at 0, 1, 4, 7, 8 s: {@code [0,4) -> 0 1 | [4,8) -> 4 7 | [8,12) -> 8}. With offset 1 s:
     * {@code [-3,1) -> 0 | [1,5) -> 1 4 | [5,9) -> 7 8}.
     *
     * @param size positive, whole milliseconds
     * @param offset shifts the windows from the epoch; kept in {@code [0, size)}
     */
    record Tumbling(Duration size, Duration offset) implements WindowSpec {

        /** Refuses a size that is not positive, naming it; brings the offset into {@code [0, size)}. */
        public Tumbling {
            if (size.toMillis() <= 0 || size.getNano() % 1_000_000 != 0) {
                throw new IllegalArgumentException("size " + size + " is not positive whole ms");
            }
            offset = Duration.ofMillis(Math.floorMod(offset.toMillis(), size.toMillis()));
        }

        /** Windows aligned to the epoch. */
        public static Tumbling of(Duration size) {
            return new Tumbling(size, Duration.ZERO);
        }

        @Override
        public String canonical() {
            String text = kind() + '(' + WindowSpecParser.format(size);
            return offset.isZero()
                    ? text + ')'
                    : text + ",offset=" + WindowSpecParser.format(offset) + ')';
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

        @Override
        public String toString() {
            return canonical();
        }
    }
}
