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

    static PassedEnds of(long end) {
        var one = new PassedEnds();
        one.ends = new long[] {end};
        one.counts = new long[] {1};
        return one;
    }

    /** Takes in others, in as many steps as there are ends. */
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

    /** How many came late for the window that ends then. */
    long from(long end) {
        long late = 0;
        for (int i = ends.length - 1; i >= 0 && ends[i] >= end; i--) {
            late += counts[i];
        }
        return late;
    }
}
