// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjuster;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/**
 * Calendar days, weeks from Monday, or months of a time zone; each record is in exactly one window. A day on which the clocks change has 23
 * or 25 hours.
 *
 * <p>With days of Europe/Berlin, {@code 2026-10-25T12:00Z} is in {@code [2026-10-24T22:00Z, 2026-10-25T23:00Z)}.
 */
public record CalendarSpec(Unit unit, ZoneId zone, boolean allKeys) implements WindowSpec {

    public enum Unit {
        /** From midnight to midnight. */
        DAY(date -> date, Period.ofDays(1)),
        /** From Monday to Monday. */
        WEEK(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY), Period.ofWeeks(1)),
        /** From the first day of a month to the first day of the next. */
        MONTH(TemporalAdjusters.firstDayOfMonth(), Period.ofMonths(1));

        private final TemporalAdjuster toFirstDay;
        private final Period length;

        Unit(TemporalAdjuster toFirstDay, Period length) {
            this.toFirstDay = toFirstDay;
            this.length = length;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return (allKeys ? "all:" : "") + kind() + '(' + unit.text() + ',' + zone.getId() + ')';
    }

    @Override
    public String kind() {
        return "calendar";
    }

    @Override
    public long firstEnd(long eventTime) {
        return midnight(firstDay(eventTime).plus(unit.length));
    }

    @Override
    public long firstStart(long eventTime) {
        return midnight(firstDay(eventTime));
    }

    /**
     * The first day of the window. When the clocks go back across midnight, the end of the evening occurs twice; the second occurrence
     * belongs to the new day, which has already begun.
     */
    private LocalDate firstDay(long eventTime) {
        LocalDate date = Instant.ofEpochMilli(eventTime).atZone(zone).toLocalDate();
        LocalDate tomorrow = date.plusDays(1);
        return (midnight(tomorrow) <= eventTime ? tomorrow : date).with(unit.toFirstDay);
    }

    private long midnight(LocalDate date) {
        return date.atStartOfDay(zone).toInstant().toEpochMilli();
    }
}
