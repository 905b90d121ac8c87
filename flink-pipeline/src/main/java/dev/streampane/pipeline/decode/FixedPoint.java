// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Parses a JSON number into whole units of 10^-scale, exactly and without {@code double}. Decimals beyond the scale are rounded HALF_EVEN. The
 * cost grows only with the number of characters, not with the exponent.
 *
 * <p>Scale 6: {@code 19.38 -> 19380000}, {@code 0.0000005 -> 0}, {@code 0.0000015 -> 2}, {@code 1e-400 -> 0}; {@code 1e400} is out of range.
 */
public final class FixedPoint {

    /** The largest magnitude in units. */
    public static final long MAX_UNITS = 1_000_000_000_000L;

    private static final int MAX_UNIT_DIGITS = 13;

    private FixedPoint() {}

    /**
     * The number in units.
     *
     * @param number a JSON number as written
     * @param scale decimals of a unit, 0 to 6
     * @throws Rejection RANGE when the absolute value after rounding is above {@link #MAX_UNITS}
     */
    public static long parse(String field, String number, int scale) throws Rejection {
        BigDecimal value = read(number);
        long digits = (long) value.precision() - value.scale() + scale;
        if (value.signum() == 0 || digits < 0) {
            return 0;
        }
        long units = digits > MAX_UNIT_DIGITS
                ? Long.MAX_VALUE
                : value.setScale(scale, RoundingMode.HALF_EVEN)
                        .movePointRight(scale)
                        .longValueExact();
        if (units > MAX_UNITS || units < -MAX_UNITS) {
            throw new Rejection(RejectReason.RANGE, field + ": out of range: " + number);
        }
        return units;
    }

    /** The number. If the exponent does not fit an int, the result is 0 or a number that is out of range at every scale. */
    private static BigDecimal read(String number) {
        try {
            return new BigDecimal(number);
        } catch (NumberFormatException beyond) {
            return number.matches("-?[0.]+[eE].*|.*[eE]-.*") ? BigDecimal.ZERO : BigDecimal.valueOf(Long.MAX_VALUE);
        }
    }
}
