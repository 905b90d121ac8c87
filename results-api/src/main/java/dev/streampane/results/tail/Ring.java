// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.util.function.ToLongFunction;

/**
 * A ring buffer that grows: entries are added at the end, and removed, oldest first, from the front. Used by one thread at a time.
 *
 * @param <T> an entry
 */
public final class Ring<T> {

    private static final int FIRST_CAPACITY = 64;

    private Object[] entries = new Object[FIRST_CAPACITY];
    private int head;
    private int size;

    /** Number of entries. */
    public int size() {
        return size;
    }

    /** The entry at index {@code i}; 0 is the oldest. */
    @SuppressWarnings("unchecked")
    public T get(int i) {
        return (T) entries[slot(i)];
    }

    /** Adds an entry at the end. */
    public void add(T entry) {
        if (size == entries.length) {
            grow();
        }
        entries[slot(size++)] = entry;
    }

    /** Removes the oldest entry and returns it. */
    public T remove() {
        T entry = get(0);
        entries[head] = null;
        head = (head + 1) % entries.length;
        size--;
        return entry;
    }

    /** Index of the first entry whose {@code rising} value is {@code least} or more, else the size. The values must rise from entry to entry. */
    public int find(ToLongFunction<T> rising, long least) {
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
        Object[] more = new Object[2 * size];
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
