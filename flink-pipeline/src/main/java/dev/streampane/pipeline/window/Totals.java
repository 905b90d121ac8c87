// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

/** Sum, smallest and largest of one metric over at least one value, in units. Mutable; a POJO for Flink. */
public final class Totals {

    /** The exact sum. */
    public ExactSum sum = new ExactSum();

    /** The smallest value. */
    public long min = Long.MAX_VALUE;

    /** The largest value. */
    public long max = Long.MIN_VALUE;

    /** The totals of one value. */
    static Totals of(long value) {
        var totals = new Totals();
        totals.sum.add(value);
        totals.min = value;
        totals.max = value;
        return totals;
    }

    /** Takes in the totals of other values. */
    void add(Totals other) {
        sum.add(other.sum);
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
    }
}
