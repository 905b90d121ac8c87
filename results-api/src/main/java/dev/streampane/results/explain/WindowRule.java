// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.CalendarSpec;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;

/**
 * The windows of one specification, {@code [start, end)} in ms since the epoch, computed independently of the jobs' code.
 *
 * <p>{@code tumbling(4s)}, times 0, 1, 4, 7, 8 s: {@code [0,4) -> 0 1 | [4,8) -> 4 7 | [8,12) -> 8}. {@code sliding(4s,2s)}, times 0 to 3 s:
 * {@code [-2,2) -> 0 1 | [0,4) -> 0 1 2 3 | [2,6) -> 2 3}. {@code session(2s)}, times 0, 1, 4 s: {@code [0,3) -> 0 1 | [4,6) -> 4}.
 *
 * @param size size of tumbling and sliding windows, gap of sessions; 0 for others
 * @param step slide of sliding windows, size of tumbling ones; 0 for others
 * @param offset shift of tumbling windows from the epoch
 */
record WindowRule(WindowSpec spec, Kind kind, long size, long step, long offset) {

    /** The kinds of windows. */
    enum Kind {
        TUMBLING,
        SLIDING,
        SESSION,
        CALENDAR,
        GLOBAL
    }

    /** The windows of a specification; throws an IllegalArgumentException if the text is not one. */
    static WindowRule of(String text) {
        WindowSpec spec = WindowSpecParser.parse(text);
        if (spec instanceof WindowSpec.Tumbling tumbling) {
            long size = tumbling.size().toMillis();
            return new WindowRule(
                    spec, Kind.TUMBLING, size, size, tumbling.offset().toMillis());
        }
        if (spec instanceof WindowSpec.Sliding sliding) {
            return new WindowRule(
                    spec,
                    Kind.SLIDING,
                    sliding.size().toMillis(),
                    sliding.slide().toMillis(),
                    0);
        }
        if (spec instanceof WindowSpec.Session session) {
            return new WindowRule(spec, Kind.SESSION, session.gap().toMillis(), 0, 0);
        }
        return new WindowRule(spec, spec instanceof CalendarSpec ? Kind.CALENDAR : Kind.GLOBAL, 0, 0, 0);
    }

    /** End of the first window to close that contains {@code time}. A record is late if this end is at or below the horizon. */
    long firstEnd(long time) {
        return switch (kind) {
            case TUMBLING -> time - Math.floorMod(time - offset, size) + size;
            case SLIDING -> Math.floorDiv(time - size, step) * step + step + size;
            case SESSION -> time + size;
            case CALENDAR -> calendarEnd((CalendarSpec) spec, time);
            case GLOBAL -> Long.MAX_VALUE;
        };
    }

    /** The start of the day, week or month after the one that contains {@code time}. */
    private static long calendarEnd(CalendarSpec calendar, long time) {
        LocalDate date = Instant.ofEpochMilli(time).atZone(calendar.zone()).toLocalDate();
        while (true) {
            date = switch (calendar.unit()) {
                case DAY -> date.plusDays(1);
                case WEEK -> date.with(TemporalAdjusters.next(DayOfWeek.MONDAY));
                case MONTH -> date.with(TemporalAdjusters.firstDayOfNextMonth());
            };
            long end = date.atStartOfDay(calendar.zone()).toInstant().toEpochMilli();
            if (end > time) {
                return end;
            }
        }
    }

    /** Whether {@code [start, end)} can be a window of this specification at all. */
    boolean isWindow(long start, long end) {
        return switch (kind) {
            case TUMBLING, CALENDAR ->
                firstEnd(start) == end && (start == Long.MIN_VALUE || firstEnd(start - 1) == start);
            case SLIDING -> end - start == size && Math.floorMod(start, step) == 0;
            case SESSION -> end - start >= size;
            case GLOBAL -> end > start;
        };
    }

    /** The earliest event time that could belong to a window that begins at {@code start}: a record up to a gap before a session extends it. */
    long earliestOf(long start) {
        return switch (kind) {
            case SESSION -> start - size;
            case GLOBAL -> Long.MIN_VALUE;
            default -> start;
        };
    }

    /** The horizon from which on no record can be added to a window that ends at {@code end}, or extend it; {@link Long#MAX_VALUE} if none. */
    long closedAt(long end) {
        return switch (kind) {
            case SESSION -> end + size;
            case GLOBAL -> Long.MAX_VALUE;
            default -> end;
        };
    }
}
