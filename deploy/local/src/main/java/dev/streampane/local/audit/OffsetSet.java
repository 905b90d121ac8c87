// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.util.BitSet;
import java.util.TreeMap;

/**
 * A set of offsets in blocks of bits: some bytes per block that is touched, one bit per offset. Of a record with many
 * rows it holds those.
 */
final class OffsetSet {

    private static final int BLOCK = 1 << 13;

    private final TreeMap<Long, BitSet> blocks = new TreeMap<>();
    private final TreeMap<Long, BitSet> rows = new TreeMap<>();

    /** Adds it; false when it was there. */
    boolean add(long offset) {
        BitSet block = blocks.computeIfAbsent(offset / BLOCK, b -> new BitSet());
        int bit = (int) (offset % BLOCK);
        boolean fresh = !block.get(bit);
        block.set(bit);
        return fresh;
    }

    /** Adds a row of a record with many; false when it was there. */
    boolean add(long offset, int row) {
        BitSet known = rows.computeIfAbsent(offset, o -> new BitSet());
        boolean fresh = !known.get(row);
        known.set(row);
        return fresh;
    }

    /** How many of {@code from} to {@code to}, both inclusive, are in the set; with many rows each of them counts. */
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
