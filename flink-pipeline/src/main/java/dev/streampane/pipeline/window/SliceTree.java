// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * What the slices of one key hold, and what runs of them add up to, so that a window of n slices is added up in O(log n) steps.
 *
 * <p>Level 0 has the slices, level 1 the sums of {@value #FANOUT} neighbouring slices, level 2 of {@value #FANOUT} times as many, and so on. A sum is made
 * when a window first needs it, kept as long as one of its slices is there, and left out where it would be that of a single part. Slices
 * are numbered: slice n is {@code [n * length, (n + 1) * length)}.
 */
final class SliceTree {

    /** How many parts a sum has. */
    static final int FANOUT = 4;

    private static final int FANOUT_BITS = 2;

    /** The window that a timer was last set for. */
    long lastTimer = Long.MIN_VALUE;

    /** The last window that fired after the input had ended. */
    long lastFired = Long.MIN_VALUE;

    /** When to look into the next window, in processing time; 0 for no time. */
    long previewAt;

    /** The window that was next when that was set. */
    long previewEnd;

    private final SortedSums slices = new SortedSums();
    private final List<SortedSums> levels = new ArrayList<>(List.of(slices));

    /**
     * Takes note of what a slice holds.
     *
     * @param contents null where a window that needs it is to ask for it
     */
    void put(long slice, Partial contents) {
        slices.put(slice, contents);
    }

    /** Takes a record into the sums that have been made of its slice. */
    void add(long slice, Partial partial) {
        for (int level = 1; level < levels.size(); level++) {
            Partial sum = levels.get(level).get(slice >> level * FANOUT_BITS);
            if (sum != null) {
                sum.add(partial);
            }
        }
    }

    /** What the slices {@code [from, to)} add up to; {@code contents} gives those of one slice. */
    Partial sum(long from, long to, LongFunction<Partial> contents) {
        var sum = new Partial();
        addUp(sum, from, to, Integer.MAX_VALUE, contents);
        return sum;
    }

    private void addUp(Partial sum, long from, long to, int maxLevel, LongFunction<Partial> contents) {
        int position = slices.ceiling(from);
        while (position < slices.end() && slices.number(position) < to) {
            long slice = slices.number(position);
            int level = 0;
            while (level < maxLevel
                    && first(slice, level + 1) >= from
                    && first(slice, level + 1) + width(level + 1) <= to) {
                level++;
            }
            sum.add(node(level, slice, contents));
            position = level == 0 ? position + 1 : slices.ceiling(first(slice, level) + width(level));
        }
    }

    /** The sum on {@code level} that {@code slice} is part of. */
    private Partial node(int level, long slice, LongFunction<Partial> contents) {
        SortedSums sums = sums(level);
        Partial known = sums.get(slice >> level * FANOUT_BITS);
        if (known != null) {
            return known;
        }
        if (level == 0) {
            Partial found = contents.apply(slice);
            slices.put(slice, found);
            return found;
        }
        long first = first(slice, level);
        long firstPart = first(slices.number(slices.ceiling(first)), level - 1);
        long last = slices.number(slices.ceiling(first + width(level)) - 1);
        if (last < firstPart + width(level - 1)) {
            return node(level - 1, last, contents);
        }
        var sum = new Partial();
        addUp(sum, first, first + width(level), level - 1, contents);
        sums.put(slice >> level * FANOUT_BITS, sum);
        return sum;
    }

    private SortedSums sums(int level) {
        while (levels.size() <= level) {
            levels.add(new SortedSums());
        }
        return levels.get(level);
    }

    /** Forgets the slices below {@code to}, and the sums that only they are part of; {@code gone} is told each of the slices. */
    void removeBelow(long to, LongConsumer gone) {
        for (int position = slices.ceiling(Long.MIN_VALUE);
                position < slices.end() && slices.number(position) < to;
                position++) {
            gone.accept(slices.number(position));
        }
        for (int level = 0; level < levels.size(); level++) {
            levels.get(level).removeBelow(to >> level * FANOUT_BITS);
        }
    }

    boolean isEmpty() {
        return slices.isEmpty();
    }

    /** The last slice that holds something; there is one. */
    long last() {
        return slices.number(slices.end() - 1);
    }

    private static long first(long slice, int level) {
        return slice >> level * FANOUT_BITS << level * FANOUT_BITS;
    }

    private static long width(int level) {
        return 1L << level * FANOUT_BITS;
    }
}
