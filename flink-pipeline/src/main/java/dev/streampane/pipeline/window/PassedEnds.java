// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.Arrays;

/**
 * How many records came when some of their windows had passed, by the end of the last of these. With it a sum over records tells of each
 * window how many came late for that one: those whose end is the window's own or a later one. The order of adding changes nothing.
 *
 * <p>sliding(10m,1m), C - B is 06:10: a record of 06:09:50 lies in the windows that end at 06:10 to 06:19, and counts at 06:10.
 *
 * <p>At most L / slide ends, for a record of a window that is closed is counted nowhere. Mutable, for it lives in window state.
 */
public final class PassedEnds {

    /** In rising order, ms since the epoch. */
    public long[] ends = {};

    /** How many records, for each of the ends. */
    public long[] counts = {};

    /** One record. */
    static PassedEnds of(long end) {
        var one = new PassedEnds();
        one.ends = new long[] {end};
        one.counts = new long[] {1};
        return one;
    }

    /** Takes in others. */
    void add(PassedEnds other) {
        for (int i = 0; i < other.ends.length; i++) {
            add(other.ends[i], other.counts[i]);
        }
    }

    private void add(long end, long count) {
        int at = Arrays.binarySearch(ends, end);
        if (at >= 0) {
            counts[at] += count;
            return;
        }
        ends = inserted(ends, -at - 1, end);
        counts = inserted(counts, -at - 1, count);
    }

    private static long[] inserted(long[] numbers, int at, long number) {
        long[] more = Arrays.copyOf(numbers, numbers.length + 1);
        System.arraycopy(numbers, at, more, at + 1, numbers.length - at);
        more[at] = number;
        return more;
    }

    /** How many came late for the window that ends then. */
    long from(long end) {
        long late = 0;
        for (int i = ends.length - 1; i >= 0 && ends[i] >= end; i--) {
            late += counts[i];
        }
        return late;
    }
}
