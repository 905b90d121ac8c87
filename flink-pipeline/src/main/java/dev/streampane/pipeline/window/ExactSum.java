// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.math.BigInteger;

/**
 * A sum of longs in 128 bits, two's complement: exact, and out of reach of overflow, for 2^63 values of 2^63 are 2^126. The order of
 * adding changes nothing.
 *
 * <p>Mutable, for it lives in window state.
 */
public final class ExactSum {

    private static final BigInteger LOW_MASK =
            BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);

    /** The upper 64 bits, with the sign. */
    public long high;

    /** The lower 64 bits, unsigned. */
    public long low;

    /** Adds one value. */
    public void add(long value) {
        add(value >> (Long.SIZE - 1), value);
    }

    /** Adds another sum. */
    public void add(ExactSum other) {
        add(other.high, other.low);
    }

    private void add(long otherHigh, long otherLow) {
        low += otherLow;
        high += otherHigh + (Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0);
    }

    /** The sum. */
    public BigInteger value() {
        if (high == low >> (Long.SIZE - 1)) {
            return BigInteger.valueOf(low);
        }
        return BigInteger.valueOf(high)
                .shiftLeft(Long.SIZE)
                .or(BigInteger.valueOf(low).and(LOW_MASK));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExactSum that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high) * 31 + Long.hashCode(low);
    }

    @Override
    public String toString() {
        return value().toString();
    }
}
