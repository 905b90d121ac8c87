// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * The slices of one key and the sums of neighbouring slices, so that the aggregate of a window of n slices is computed in O(log n) steps.
 *
 * <p>Level 0 has the slices, level 1 the sums of {@value #FANOUT} neighbouring slices, level 2 the sums of {@value #FANOUT} times as many,
 * and so on. A sum is computed when a window first needs it and kept as long as one of its slices exists. A sum with only one part is not
 * stored. Slice n covers {@code [n * length, (n + 1) * length)}.
 */
final class SliceTree {

    /** Maximum number of parts of a sum. */
    static final int FANOUT = 4;

    private static final int FANOUT_BITS = 2;

    /** The end of the window for which a timer was last set. */
    long lastTimer = Long.MIN_VALUE;

    /** The end of the last window that fired after the end of the input. */
    long lastFired = Long.MIN_VALUE;

    /** When the preview of the next window is due, in processing time, ms since the epoch; 0 for no preview. */
    long previewAt;

    /** The end of the window that was next when {@link #previewAt} was set. */
    long previewEnd;

    private final SortedSums slices = new SortedSums();
    private final List<SortedSums> levels = new ArrayList<>(List.of(slices));

    /**
     * Stores the contents of a slice.
     *
     * @param contents null if they are to be read when a window first needs them
     */
    void put(long slice, Partial contents) {
        slices.put(slice, contents);
    }

    /** Adds a partial to the existing sums that include its slice. */
    void add(long slice, Partial partial) {
        for (int level = 1; level < levels.size(); level++) {
            Partial sum = levels.get(level).get(slice >> level * FANOUT_BITS);
            if (sum != null) {
                sum.add(partial);
            }
        }
    }

    /** The aggregate of the slices {@code [from, to)}; {@code contents} reads one slice. */
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

    /** The sum on {@code level} that includes {@code slice}. */
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

    /** Removes the slices below {@code to} and the sums of such slices only; calls {@code gone} with each removed slice. */
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

    /** The number of the last slice; the tree must not be empty. */
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
