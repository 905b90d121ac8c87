// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

/**
 * Reads a JSON number into whole units of 10^-scale, exactly, never by way of {@code double}. More digits than the scale are rounded
 * HALF_EVEN. The work grows with the number's characters alone, not with its exponent.
 *
 * <p>Scale 6: {@code 19.38 -> 19380000}, {@code 0.0000005 -> 0}, {@code 0.0000015 -> 2}, {@code 1e-400 -> 0}; {@code 1e400} is out of
 * range.
 */
public final class FixedPoint {

    /** The largest magnitude in units. */
    public static final long MAX_UNITS = 1_000_000_000_000L;

    private static final int MAX_UNIT_DIGITS = 13;
    private static final int FAR = 1_000_000;

    private FixedPoint() {}

    /**
     * The number in units.
     *
     * @param number a JSON number as written
     * @param scale decimals of a unit, 0 to 6
     * @throws Rejection RANGE when more than {@link #MAX_UNITS} either way after rounding
     */
    public static long parse(String field, String number, int scale) throws Rejection {
        int length = number.length();
        boolean negative = number.charAt(0) == '-';
        char[] digits = new char[length];
        int count = 0;
        int shift = scale;
        boolean fraction = false;
        int at = negative ? 1 : 0;
        for (; at < length; at++) {
            char c = number.charAt(at);
            if (c == '.') {
                fraction = true;
            } else if (c == 'e' || c == 'E') {
                break;
            } else {
                if (fraction) {
                    shift--;
                }
                if (count > 0 || c != '0') {
                    digits[count++] = c;
                }
            }
        }
        shift += exponent(number, at + 1);
        long units = count == 0 ? 0 : round(digits, count, shift);
        if (units > MAX_UNITS) {
            throw new Rejection(RejectReason.RANGE, field + ": out of range: " + number);
        }
        return negative ? -units : units;
    }

    /** The exponent that begins at {@code from}, held to what is far beyond every scale. */
    private static int exponent(String number, int from) {
        if (from >= number.length()) {
            return 0;
        }
        int exponent = 0;
        char sign = number.charAt(from);
        for (int i = sign == '-' || sign == '+' ? from + 1 : from; i < number.length(); i++) {
            exponent = Math.min(FAR, exponent * 10 + number.charAt(i) - '0');
        }
        return sign == '-' ? -exponent : exponent;
    }

    /** {@code digits * 10^shift}, HALF_EVEN; some value over MAX_UNITS when it is over. The first digit is not 0. */
    private static long round(char[] digits, int count, int shift) {
        int whole = count + shift;
        if (whole > MAX_UNIT_DIGITS) {
            return Long.MAX_VALUE;
        }
        if (whole < 0) {
            return 0;
        }
        long units = 0;
        for (int i = 0; i < whole; i++) {
            units = units * 10 + (i < count ? digits[i] - '0' : 0);
        }
        return whole < count && roundsUp(digits, count, whole, units % 2 != 0) ? units + 1 : units;
    }

    private static boolean roundsUp(char[] digits, int count, int whole, boolean odd) {
        if (digits[whole] != '5') {
            return digits[whole] > '5';
        }
        for (int i = whole + 1; i < count; i++) {
            if (digits[i] != '0') {
                return true;
            }
        }
        return odd;
    }
}
