// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import java.util.function.ToLongFunction;

/**
 * Entries of which the oldest go: those added last are at the end. Used by one thread at a time.
 *
 * @param <T> an entry
 */
public final class Ring<T> {

    private static final int FIRST_CAPACITY = 64;

    private Object[] entries = new Object[FIRST_CAPACITY];
    private int head;
    private int size;

    /** How many there are. */
    public int size() {
        return size;
    }

    /** The entry that {@code i} others are older than. */
    @SuppressWarnings("unchecked")
    public T get(int i) {
        return (T) entries[slot(i)];
    }

    /** Adds the newest. */
    public void add(T entry) {
        if (size == entries.length) {
            grow();
        }
        entries[slot(size++)] = entry;
    }

    /** Takes out the oldest. */
    public T remove() {
        T entry = get(0);
        entries[head] = null;
        head = (head + 1) % entries.length;
        size--;
        return entry;
    }

    /** Index of the first entry of which {@code rising}, which grows from one to the next, is {@code least} or more. */
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
