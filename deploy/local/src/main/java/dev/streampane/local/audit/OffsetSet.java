// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of offsets in blocks of bits: some bytes per block in use, and one bit per offset. For a record with many rows
 * it holds the rows instead.
 */
final class OffsetSet {

    private static final int BLOCK = 1 << 13;

    private final TreeMap<Long, BitSet> blocks = new TreeMap<>();
    private final TreeMap<Long, BitSet> rows = new TreeMap<>();

    /** Adds an offset; false when it was there already. */
    boolean add(long offset) {
        return add(blocks, offset / BLOCK, (int) (offset % BLOCK));
    }

    /** Adds a row of a record with many rows; false when it was there already. */
    boolean add(long offset, int row) {
        return add(rows, offset, row);
    }

    private static boolean add(Map<Long, BitSet> sets, long key, int bit) {
        BitSet set = sets.computeIfAbsent(key, k -> new BitSet());
        boolean fresh = !set.get(bit);
        set.set(bit);
        return fresh;
    }

    /** How many offsets from {@code from} to {@code to}, both inclusive, are in the set; each row that was added counts as one. */
    long count(long from, long to) {
        long count = rows.subMap(from, true, to, true).values().stream()
                .mapToLong(BitSet::cardinality)
                .sum();
        for (var block : blocks.subMap(from / BLOCK, true, to / BLOCK, true).entrySet()) {
            long base = block.getKey() * BLOCK;
            int first = (int) Math.max(0, from - base);
            int last = (int) Math.min(BLOCK - 1, to - base);
            count += block.getValue().get(first, last + 1).cardinality();
        }
        return count;
    }
}
