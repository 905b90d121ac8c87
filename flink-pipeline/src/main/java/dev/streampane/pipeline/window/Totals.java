// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Sum, smallest and largest value of one metric over at least one value, in units. Mutable. The sum is exact, in 128 bits, two's
 * complement, and cannot overflow: 2^63 values of 2^63 are 2^126. The order of addition does not matter.
 */
public final class Totals {

    /** The upper 64 bits of the sum, with its sign. */
    public long high;

    /** The lower 64 bits of the sum, unsigned. */
    public long low;

    public long min = Long.MAX_VALUE;
    public long max = Long.MIN_VALUE;

    void add(long value) {
        add(value >> (Long.SIZE - 1), value, value, value);
    }

    void add(Totals other) {
        add(other.high, other.low, other.min, other.max);
    }

    private void add(long otherHigh, long otherLow, long otherMin, long otherMax) {
        low += otherLow;
        high += otherHigh + (Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0);
        min = Math.min(min, otherMin);
        max = Math.max(max, otherMax);
    }

    public BigInteger sum() {
        if (high == low >> (Long.SIZE - 1)) {
            return BigInteger.valueOf(low);
        }
        return new BigInteger(
                ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array());
    }
}
