// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which windows a record missed: the range of window starts, {@code [from, to)}, in which all of them lie.
 *
 * <p>{@code tumbling(1m)}, 06:00:30: {@code [06:00:00, 06:00:00.001)}. {@code sliding(10m,1m)}, 06:00:30: {@code [05:50:30.001,
 * 06:00:30.001)}. {@code session(30s)}, 06:00:30: up to 06:01:00.001, for a session may have begun long before.
 *
 * @param from first start; nothing when it cannot be told
 * @param to behind the last start
 */
record LateWindows(Optional<Instant> from, Instant to) {

    private static final String TIME = "([0-9]{1,12})(ms|s|m|h|d)";
    private static final Pattern FIXED =
            Pattern.compile("(?:all:)?tumbling\\(" + TIME + "(?:,offset=" + TIME + ")?\\)");
    private static final Pattern SLIDING = Pattern.compile("(?:all:)?sliding\\(" + TIME + "," + TIME + "\\)");
    private static final Pattern SESSION = Pattern.compile("(?:all:)?session\\(" + TIME + "\\)");
    private static final Pattern CALENDAR =
            Pattern.compile("(?:all:)?calendar\\((day|week|month),([A-Za-z0-9_+/-]{1,64})\\)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final long LONGEST = 366L * 86_400_000;

    /** The windows of {@code spec}, canonical as jobs write it, that hold {@code eventTime}; nothing when there are none. */
    static Optional<LateWindows> of(String spec, Instant eventTime) {
        try {
            long time = eventTime.toEpochMilli();
            Matcher fixed = FIXED.matcher(spec);
            if (fixed.matches()) {
                long size = millis(fixed, 1);
                long offset = fixed.group(3) == null ? 0 : millis(fixed, 3);
                return startingAt(time - Math.floorMod(time - offset, size));
            }
            Matcher sliding = SLIDING.matcher(spec);
            if (sliding.matches()) {
                return between(time - millis(sliding, 1) + 1, time);
            }
            Matcher session = SESSION.matcher(spec);
            if (session.matches()) {
                Instant last = Instant.ofEpochMilli(time + millis(session, 1) + 1);
                return Optional.of(new LateWindows(Optional.empty(), last));
            }
            Matcher calendar = CALENDAR.matcher(spec);
            return calendar.matches()
                    ? startingAt(begin(calendar.group(1), ZoneId.of(calendar.group(2)), eventTime))
                    : Optional.empty();
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static long begin(String unit, ZoneId zone, Instant time) {
        LocalDate date = time.atZone(zone).toLocalDate();
        LocalDate tomorrow = date.plusDays(1);
        // Clocks that go back over midnight give an evening twice; the second belongs to the new
        // day.
        LocalDate day = tomorrow.atStartOfDay(zone).toInstant().isAfter(time) ? date : tomorrow;
        LocalDate first =
                switch (unit) {
                    case "week" -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                    case "month" -> day.withDayOfMonth(1);
                    default -> day;
                };
        return first.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    private static Optional<LateWindows> startingAt(long start) {
        return between(start, start);
    }

    private static Optional<LateWindows> between(long first, long last) {
        return Optional.of(new LateWindows(Optional.of(Instant.ofEpochMilli(first)), Instant.ofEpochMilli(last + 1)));
    }

    private static long millis(Matcher spec, int group) {
        long millis = Math.multiplyExact(Long.parseLong(spec.group(group)), MILLIS.get(spec.group(group + 1)));
        if (millis < 1 && group == 1 || millis > LONGEST) {
            throw new ArithmeticException(spec.group());
        }
        return millis;
    }
}
