// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.util.function.ToLongFunction;

/** Entries of which the oldest go: those added last are at the end. */
final class Ring {

    private static final int FIRST_CAPACITY = 64;

    private TailEntry[] entries = new TailEntry[FIRST_CAPACITY];
    private int head;
    private int size;

    int size() {
        return size;
    }

    TailEntry get(int i) {
        return entries[slot(i)];
    }

    void add(TailEntry entry) {
        if (size == entries.length) {
            grow();
        }
        entries[slot(size++)] = entry;
    }

    /** Takes out the oldest. */
    TailEntry remove() {
        TailEntry entry = entries[head];
        entries[head] = null;
        head = (head + 1) % entries.length;
        size--;
        return entry;
    }

    /** Index of the first entry of which {@code rising}, which grows from one to the next, is {@code least} or more. */
    int find(ToLongFunction<TailEntry> rising, long least) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (rising.applyAsLong(get(middle)) < least) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void grow() {
        TailEntry[] more = new TailEntry[2 * size];
        for (int i = 0; i < size; i++) {
            more[i] = get(i);
        }
        entries = more;
        head = 0;
    }

    private int slot(int i) {
        return (head + i) % entries.length;
    }
}
