// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.Arrays;

/**
 * Counts the records that came after the end of some of their windows, by the end of the last such window. With these counts, a sum over
 * records gives each window its late records: those whose end is the window's own end or a later one. The order of addition does not
 * matter.
 *
 * <p>Example: {@code sliding(10m,1m)}, {@code C - B} (the partition's clock less out-of-orderness) is 06:10. A record of 06:09:50 belongs
 * to the windows that end at 06:10 to 06:19, and is counted under 06:10.
 *
 * <p>There are at most L / slide ends (L: allowed lateness), because a record of a closed window is not counted. Mutable, because it is
 * kept in window state.
 */
public final class PassedEnds {

    /** In ascending order, ms since the epoch. */
    public long[] ends = {};

    /** Number of records for each of the ends. */
    public long[] counts = {};

    static PassedEnds of(long end) {
        var one = new PassedEnds();
        one.ends = new long[] {end};
        one.counts = new long[] {1};
        return one;
    }

    /** Adds other counts, in time linear in the number of ends. */
    void add(PassedEnds other) {
        if (other.ends.length == 1) {
            int known = Arrays.binarySearch(ends, other.ends[0]);
            if (known >= 0) {
                counts[known] += other.counts[0];
                return;
            }
        }
        long[] bothEnds = new long[ends.length + other.ends.length];
        long[] bothCounts = new long[bothEnds.length];
        int both = 0;
        int mine = 0;
        int others = 0;
        while (mine < ends.length || others < other.ends.length) {
            long end = Math.min(at(ends, mine), at(other.ends, others));
            bothEnds[both] = end;
            if (at(ends, mine) == end) {
                bothCounts[both] += counts[mine++];
            }
            if (at(other.ends, others) == end) {
                bothCounts[both] += other.counts[others++];
            }
            both++;
        }
        ends = Arrays.copyOf(bothEnds, both);
        counts = Arrays.copyOf(bothCounts, both);
    }

    private static long at(long[] ends, int position) {
        return position < ends.length ? ends[position] : Long.MAX_VALUE;
    }

    /** Number of records that came late for the window that ends at {@code end}. */
    long from(long end) {
        long late = 0;
        for (int i = ends.length - 1; i >= 0 && ends[i] >= end; i--) {
            late += counts[i];
        }
        return late;
    }
}
