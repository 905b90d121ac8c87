// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Parses event times: {@code 2026-11-20T06:00:00.123Z}, {@code 2026-11-20T11:30:00+05:30}, and the legacy {@code 2026-11-20 06:00:00} in the
 * job's zone.
 *
 * <p>A second has at most 9 decimals; digits after the millisecond are cut off. If a legacy time occurs twice in its zone, the earlier one is
 * taken; if the zone skips it, it is moved forward by the length of the gap.
 */
public final class EventTimes {

    /** 9999-12-31T23:59:59.999Z. */
    public static final long MAX = 253_402_300_799_999L;

    private static final int MAX_YEAR = 9999;
    private static final int SECONDS_END = 19;
    private static final int MAX_FRACTION = 9;

    private EventTimes() {}

    /**
     * The time in ms since the epoch, from 0 to {@link #MAX}.
     *
     * @param zone for times without one; null when such times are not allowed
     * @throws Rejection TYPE when it is no time, RANGE when it is out of range
     */
    public static long parse(String field, String text, ZoneId zone) throws Rejection {
        long millis;
        try {
            millis = millis(text, zone);
        } catch (DateTimeException e) {
            throw new Rejection(RejectReason.TYPE, field + ": not a time: " + Rejection.show(text));
        } catch (ArithmeticException e) {
            millis = Long.MAX_VALUE; // a year beyond the range of a long in ms
        }
        if (millis < 0 || millis > MAX) {
            throw new Rejection(RejectReason.RANGE, field + ": out of range: " + Rejection.show(text));
        }
        return millis;
    }

    private static long millis(String text, ZoneId zone) {
        if (text.startsWith("+") || text.startsWith("-")) {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 0 && time.getYear() <= MAX_YEAR) {
                throw notATime(); // years 0 to 9999 have no sign
            }
            return time.toInstant().toEpochMilli();
        }
        if (text.length() < SECONDS_END) {
            throw notATime();
        }
        LocalDateTime local = LocalDate.of(digits(text, 0, 4), part(text, 4, '-'), part(text, 7, '-'))
                .atTime(digits(text, 11, 13), part(text, 13, ':'), part(text, 16, ':'));
        if (text.charAt(10) == ' ' && text.length() == SECONDS_END && zone != null) {
            return local.atZone(zone).toInstant().toEpochMilli();
        }
        if (text.charAt(10) != 'T') {
            throw notATime();
        }
        long millis = local.toEpochSecond(ZoneOffset.UTC) * 1000;
        int at = SECONDS_END;
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            for (int worth = 100; at < text.length() && isDigit(text.charAt(at)); at++, worth /= 10) {
                millis += (text.charAt(at) - '0') * worth;
            }
            if (at == SECONDS_END + 1 || at > SECONDS_END + 1 + MAX_FRACTION) {
                throw notATime();
            }
        }
        return millis - offset(text, at).getTotalSeconds() * 1000L;
    }

    /** The offset that is written from {@code at} to the end: {@code Z} or {@code +hh:mm}, up to 18 hours. */
    private static ZoneOffset offset(String text, int at) {
        if (text.length() == at + 1 && text.charAt(at) == 'Z') {
            return ZoneOffset.UTC;
        }
        if (text.length() != at + 6) { // other lengths are other forms that ZoneOffset allows
            throw notATime();
        }
        return ZoneOffset.of(text.substring(at));
    }

    /** Two digits after {@code separator}. */
    private static int part(String text, int at, char separator) {
        if (text.charAt(at) != separator) {
            throw notATime();
        }
        return digits(text, at + 1, at + 3);
    }

    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(text.charAt(i))) {
                throw notATime();
            }
            number = number * 10 + text.charAt(i) - '0';
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static DateTimeException notATime() {
        return new DateTimeException("not a time");
    }
}
