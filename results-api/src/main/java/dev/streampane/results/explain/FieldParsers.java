// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Parses times, numbers and names of the input contracts; rejects with a reason of contract dead-letter/v1. */
final class FieldParsers {

    private static final long LAST_TIME = 253_402_300_799_999L;
    private static final BigInteger MOST_UNITS = BigInteger.TEN.pow(12);
    private static final int MAX_ID_BYTES = 256;
    private static final int FAR = 100;
    private static final String DATE_TIME = "dddd-dd-dd dd:dd:dd";
    private static final int SECONDS_END = DATE_TIME.length();
    private static final int MAX_FRACTION = 9;
    private static final int MAX_OFFSET_MINUTES = 18 * 60;

    private FieldParsers() {}

    /**
     * An event time in ms since the epoch.
     *
     * @param zone of times without one; null where such are not allowed
     */
    static long time(String text, ZoneId zone) throws RejectedRowException {
        long millis;
        try {
            millis = text.startsWith("+") || text.startsWith("-")
                    ? OffsetDateTime.parse(text).toInstant().toEpochMilli()
                    : millis(text, zone);
        } catch (DateTimeException e) {
            throw new RejectedRowException("type");
        } catch (ArithmeticException e) {
            throw new RejectedRowException("range"); // a year whose milliseconds no long holds
        }
        if (millis < 0 || millis > LAST_TIME) {
            throw new RejectedRowException("range");
        }
        return millis;
    }

    private static long millis(String text, ZoneId zone) throws RejectedRowException {
        if (text.length() < SECONDS_END || !fits(text, 0, DATE_TIME.replace(' ', text.charAt(10)))) {
            throw new RejectedRowException("type");
        }
        LocalDateTime local = LocalDateTime.of(
                digits(text, 0, 4),
                digits(text, 5, 7),
                digits(text, 8, 10),
                digits(text, 11, 13),
                digits(text, 14, 16),
                digits(text, 17, 19));
        if (text.charAt(10) == ' ' && text.length() == SECONDS_END && zone != null) {
            return local.atZone(zone).toInstant().toEpochMilli();
        }
        if (text.charAt(10) != 'T') {
            throw new RejectedRowException("type");
        }
        int zoneAt = SECONDS_END;
        if (zoneAt < text.length() && text.charAt(zoneAt) == '.') {
            zoneAt++;
            while (zoneAt < text.length() && isDigit(text.charAt(zoneAt))) {
                zoneAt++;
            }
            if (zoneAt == SECONDS_END + 1 || zoneAt > SECONDS_END + 1 + MAX_FRACTION) {
                throw new RejectedRowException("type");
            }
        }
        String fraction = text.substring(Math.min(zoneAt, SECONDS_END + 1), zoneAt) + "000";
        return (local.toEpochSecond(ZoneOffset.UTC) - offsetMinutes(text, zoneAt) * 60L) * 1000
                + digits(fraction, 0, 3);
    }

    private static int offsetMinutes(String text, int at) throws RejectedRowException {
        if (text.length() == at + 1 && text.charAt(at) == 'Z') {
            return 0;
        }
        if (text.length() != at + 6 || !fits(text, at + 1, "dd:dd")) {
            throw new RejectedRowException("type");
        }
        int minutes = digits(text, at + 4, at + 6);
        int offset = digits(text, at + 1, at + 3) * 60 + minutes;
        char sign = text.charAt(at);
        if (minutes > 59 || offset > MAX_OFFSET_MINUTES || sign != '+' && sign != '-') {
            throw new RejectedRowException("type");
        }
        return sign == '-' ? -offset : offset;
    }

    /** Whether the text has digits where the form has a {@code d}, and else the form's characters. */
    private static boolean fits(String text, int from, String form) {
        for (int i = 0; i < form.length(); i++) {
            char c = text.charAt(from + i);
            if (form.charAt(i) == 'd' ? !isDigit(c) : c != form.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + (text.charAt(i) - '0');
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** A JSON number in units of 10^-scale, HALF_EVEN, at most 10^12 of them either way. */
    static long units(String number, int scale) throws RejectedRowException {
        int e = Math.max(number.indexOf('e'), number.indexOf('E'));
        BigDecimal mantissa = new BigDecimal(e < 0 ? number : number.substring(0, e));
        if (mantissa.signum() == 0) {
            return 0;
        }
        long exponent = e < 0 ? 0 : exponent(number.substring(e + 1));
        long places = mantissa.precision() - (long) mantissa.scale() + exponent;
        if (places > FAR) {
            throw new RejectedRowException("range");
        }
        if (places < -FAR) {
            return 0;
        }
        BigInteger units = mantissa.scaleByPowerOfTen((int) exponent)
                .setScale(scale, RoundingMode.HALF_EVEN)
                .unscaledValue();
        if (units.abs().compareTo(MOST_UNITS) > 0) {
            throw new RejectedRowException("range");
        }
        return units.longValueExact();
    }

    /** The exponent, held to what is far beyond every number of 64 characters. */
    private static long exponent(String text) {
        BigInteger exponent = new BigInteger(text);
        return exponent.bitLength() > 20 ? exponent.signum() * 1_000_000L : exponent.longValue();
    }

    /** The id of a device or client: 1 to 256 bytes of UTF-8. */
    static String id(String text) throws RejectedRowException {
        if (text.isEmpty()) {
            throw new RejectedRowException("empty");
        }
        int bytes;
        try {
            bytes = StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(text))
                    .limit();
        } catch (CharacterCodingException e) {
            throw new RejectedRowException("not_utf8");
        }
        if (bytes > MAX_ID_BYTES) {
            throw new RejectedRowException("too_long");
        }
        return text;
    }

    /** Bytes as text. */
    static String utf8(byte[] bytes) throws RejectedRowException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RejectedRowException("not_utf8");
        }
    }
}
