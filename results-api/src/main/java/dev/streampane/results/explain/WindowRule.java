// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The windows of one specification, {@code [start, end)} in ms since the epoch, worked out from its canonical text alone.
 *
 * <p>{@code tumbling(4s)}, times 0, 1, 4, 7, 8 s: {@code [0,4) -> 0 1 | [4,8) -> 4 7 | [8,12) -> 8}. {@code sliding(4s,2s)}, times 0 to 3 s:
 * {@code [-2,2) -> 0 1 | [0,4) -> 0 1 2 3 | [2,6) -> 2 3}. {@code session(2s)}, times 0, 1, 4 s: {@code [0,3) -> 0 1 | [4,6) -> 4}.
 *
 * @param kind the word before the parenthesis
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

    /**
     * Windows that follow the dates of a zone.
     *
     * @param unit day, week or month
     */
    record Calendar(String unit, ZoneId zone) {

        private LocalDate first(LocalDate date) {
            return switch (unit) {
                case "day" -> date;
                case "week" -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                default -> date.withDayOfMonth(1);
            };
        }

        private LocalDate next(LocalDate first) {
            return switch (unit) {
                case "day" -> first.plusDays(1);
                case "week" -> first.plusWeeks(1);
                default -> first.plusMonths(1);
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

    private static final Pattern TEXT =
            Pattern.compile("(all:)?(?:(tumbling)\\((\\w+)(?:,offset=(\\w+))?\\)|(sliding)\\((\\w+),(\\w+)\\)"
                    + "|(session)\\((\\w+)\\)|(calendar)\\((day|week|month),([^()]+)\\)"
                    + "|(global)\\((?:count|every)=\\w+\\))");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

    /**
     * The windows of a canonical specification.
     *
     * @throws IllegalArgumentException when it is none
     */
    static WindowRule of(String spec) {
        Matcher found = TEXT.matcher(spec);
        if (!found.matches()) {
            throw new IllegalArgumentException("no window specification");
        }
        boolean all = found.group(1) != null;
        if (found.group(2) != null) {
            long size = positive(found.group(3));
            long offset = found.group(4) == null ? 0 : millis(found.group(4));
            return new WindowRule(Kind.TUMBLING, all, size, size, offset, null);
        }
        if (found.group(5) != null) {
            return new WindowRule(Kind.SLIDING, all, positive(found.group(6)), positive(found.group(7)), 0, null);
        }
        if (found.group(8) != null) {
            return new WindowRule(Kind.SESSION, all, positive(found.group(9)), 0, 0, null);
        }
        if (found.group(10) != null) {
            return new WindowRule(Kind.CALENDAR, all, 0, 0, 0, calendar(found.group(11), found.group(12)));
        }
        return new WindowRule(Kind.GLOBAL, all, 0, 0, 0, null);
    }

    private static Calendar calendar(String unit, String zone) {
        try {
            return new Calendar(unit, ZoneId.of(zone));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no time zone", e);
        }
    }

    private static long positive(String time) {
        long millis = millis(time);
        if (millis <= 0) {
            throw new IllegalArgumentException("no time: " + time);
        }
        return millis;
    }

    private static long millis(String time) {
        Matcher found = TIME.matcher(time);
        if (!found.matches()) {
            throw new IllegalArgumentException("no time");
        }
        long unit =
                switch (found.group(2)) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    case "m" -> 60_000;
                    case "h" -> 3_600_000;
                    default -> 86_400_000;
                };
        return Math.multiplyExact(Long.parseLong(found.group(1)), unit);
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
