// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** Parses times, numbers and names of the input contracts, and rejects what they do not allow. */
final class FieldParsers {

    private static final long LAST_TIME = 253_402_300_799_999L;
    private static final BigInteger MOST_UNITS = BigInteger.TEN.pow(12);
    private static final int MAX_ID_BYTES = 256;
    private static final int FAR = 100;
    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
            .optionalEnd()
            .appendOffset("+HH:MM", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private FieldParsers() {}

    /**
     * An event time in ms since the epoch.
     *
     * @param zone the zone of times that have none; null if such times are not allowed
     */
    static long time(String text, ZoneId zone) throws RejectedRowException {
        long millis;
        try {
            Instant time = zone != null && text.indexOf(' ') >= 0
                    ? LocalDateTime.parse(text, LOCAL_TIME).atZone(zone).toInstant()
                    : TIME.parse(text, Instant::from);
            millis = time.toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) { // arithmetic: milliseconds that overflow a long
            throw new RejectedRowException();
        }
        RejectedRowException.unless(millis >= 0 && millis <= LAST_TIME);
        return millis;
    }

    /** A JSON number in units of 10^-scale, rounded HALF_EVEN; rejects more than 10^12 units in absolute value. */
    static long units(String number, int scale) throws RejectedRowException {
        int e = Math.max(number.indexOf('e'), number.indexOf('E'));
        BigDecimal mantissa = new BigDecimal(e < 0 ? number : number.substring(0, e));
        if (mantissa.signum() == 0) {
            return 0;
        }
        long exponent = e < 0 ? 0 : exponent(number.substring(e + 1));
        long places = mantissa.precision() - (long) mantissa.scale() + exponent;
        RejectedRowException.unless(places <= FAR);
        if (places < -FAR) {
            return 0;
        }
        BigInteger units = mantissa.scaleByPowerOfTen((int) exponent)
                .setScale(scale, RoundingMode.HALF_EVEN)
                .unscaledValue();
        RejectedRowException.unless(units.abs().compareTo(MOST_UNITS) <= 0);
        return units.longValueExact();
    }

    /** The exponent, limited to a value far beyond what any mantissa of 64 characters can make up for. */
    private static long exponent(String text) {
        BigInteger exponent = new BigInteger(text);
        return exponent.bitLength() > 20 ? exponent.signum() * 1_000_000L : exponent.longValue();
    }

    /** The id of a device or client: 1 to 256 bytes of UTF-8. */
    static String id(String text) throws RejectedRowException {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        RejectedRowException.unless(bytes > 0
                && bytes <= MAX_ID_BYTES
                && StandardCharsets.UTF_8.newEncoder().canEncode(text));
        return text;
    }

    static String utf8(byte[] bytes) throws RejectedRowException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RejectedRowException();
        }
    }
}
