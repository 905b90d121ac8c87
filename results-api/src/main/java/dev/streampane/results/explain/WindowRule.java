// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.CalendarSpec;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;

/**
 * The windows of one specification, {@code [start, end)} in ms since the epoch, worked out here and not by the jobs' own arithmetic.
 *
 * <p>{@code tumbling(4s)}, times 0, 1, 4, 7, 8 s: {@code [0,4) -> 0 1 | [4,8) -> 4 7 | [8,12) -> 8}. {@code sliding(4s,2s)}, times 0 to 3 s:
 * {@code [-2,2) -> 0 1 | [0,4) -> 0 1 2 3 | [2,6) -> 2 3}. {@code session(2s)}, times 0, 1, 4 s: {@code [0,3) -> 0 1 | [4,6) -> 4}.
 *
 * @param allKeys whether a window holds the records of all keys
 * @param size size of tumbling and sliding windows, gap of sessions; 0 for others
 * @param step slide of sliding windows, size of tumbling ones; 0 for others
 * @param offset shift of tumbling windows from the epoch
 * @param calendar days, weeks or months; null for others
 */
record WindowRule(Kind kind, boolean allKeys, long size, long step, long offset, Calendar calendar) {

    /** What windows there are. */
    enum Kind {
        TUMBLING,
        SLIDING,
        SESSION,
        CALENDAR,
        GLOBAL
    }

    /** Windows that follow the dates of a zone. */
    record Calendar(CalendarSpec.Unit unit, ZoneId zone) {

        private LocalDate first(LocalDate date) {
            return switch (unit) {
                case DAY -> date;
                case WEEK -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                case MONTH -> date.withDayOfMonth(1);
            };
        }

        private LocalDate next(LocalDate first) {
            return switch (unit) {
                case DAY -> first.plusDays(1);
                case WEEK -> first.plusWeeks(1);
                case MONTH -> first.plusMonths(1);
            };
        }

        private long midnight(LocalDate date) {
            return date.atStartOfDay(zone).toInstant().toEpochMilli();
        }

        /** Where the window that follows the one with {@code time} begins. */
        long end(long time) {
            LocalDate date = Instant.ofEpochMilli(time).atZone(zone).toLocalDate();
            LocalDate following = next(first(date));
            while (midnight(following) <= time) {
                following = next(following);
            }
            return midnight(following);
        }

        boolean isWindow(long start, long end) {
            return end(start) == end && (start == Long.MIN_VALUE || end(start - 1) == start);
        }
    }

    /** The windows of a specification; throws an IllegalArgumentException when it is none. */
    static WindowRule of(String text) {
        WindowSpec spec = WindowSpecParser.parse(text);
        if (spec instanceof WindowSpec.Tumbling tumbling) {
            long size = tumbling.size().toMillis();
            return new WindowRule(
                    Kind.TUMBLING, spec.allKeys(), size, size, tumbling.offset().toMillis(), null);
        }
        if (spec instanceof WindowSpec.Sliding sliding) {
            return new WindowRule(
                    Kind.SLIDING,
                    spec.allKeys(),
                    sliding.size().toMillis(),
                    sliding.slide().toMillis(),
                    0,
                    null);
        }
        if (spec instanceof WindowSpec.Session session) {
            return new WindowRule(Kind.SESSION, spec.allKeys(), session.gap().toMillis(), 0, 0, null);
        }
        if (spec instanceof CalendarSpec calendar) {
            Calendar dates = new Calendar(calendar.unit(), calendar.zone());
            return new WindowRule(Kind.CALENDAR, spec.allKeys(), 0, 0, 0, dates);
        }
        return new WindowRule(Kind.GLOBAL, spec.allKeys(), 0, 0, 0, null);
    }

    /** End of the first window with {@code time} to close: a record is late when it is at or below the horizon. */
    long firstEnd(long time) {
        return switch (kind) {
            case TUMBLING -> time - Math.floorMod(time - offset, size) + size;
            case SLIDING -> Math.floorDiv(time - size, step) * step + step + size;
            case SESSION -> time + size;
            case CALENDAR -> calendar.end(time);
            case GLOBAL -> Long.MAX_VALUE;
        };
    }

    /** Whether {@code [start, end)} can be a window of this specification at all. */
    boolean isWindow(long start, long end) {
        return switch (kind) {
            case TUMBLING -> end - start == size && Math.floorMod(start - offset, size) == 0;
            case SLIDING -> end - start == size && Math.floorMod(start, step) == 0;
            case SESSION -> end - start >= size;
            case CALENDAR -> calendar.isWindow(start, end);
            case GLOBAL -> end > start;
        };
    }

    /** The horizon from which on no record can come to {@code [start, end)}, nor lengthen it; the largest number when there is none. */
    long closedAt(long end) {
        return switch (kind) {
            case SESSION -> end + size;
            case GLOBAL -> Long.MAX_VALUE;
            default -> end;
        };
    }
}
