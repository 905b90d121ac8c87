// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/** Sum, smallest and largest of one metric over at least one value, in units. Mutable. */
public final class Totals {

    /** The exact sum. */
    public ExactSum sum = new ExactSum();

    /** The smallest value. */
    public long min = Long.MAX_VALUE;

    /** The largest value. */
    public long max = Long.MIN_VALUE;

    /** Takes in one value. */
    void add(long value) {
        sum.add(value);
        min = Math.min(min, value);
        max = Math.max(max, value);
    }

    /** Takes in the totals of other values. */
    void add(Totals other) {
        sum.add(other.sum);
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
    }
}
