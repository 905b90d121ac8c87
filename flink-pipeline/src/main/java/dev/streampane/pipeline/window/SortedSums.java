// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.Arrays;

/**
 * A sorted map from numbers to sums, which may be null. Optimized for numbers that are added nearly in order and removed from the smallest
 * on: then put and remove move almost no entries, and a lookup is a binary search in one array.
 */
final class SortedSums {

    private static final int CAPACITY = 4;

    private long[] numbers = new long[CAPACITY];
    private Partial[] sums = new Partial[CAPACITY];
    private int begin;
    private int end;

    boolean isEmpty() {
        return begin == end;
    }

    /** The position of the smallest number that is at least {@code number}; {@link #end()} if there is none. */
    int ceiling(long number) {
        int found = Arrays.binarySearch(numbers, begin, end, number);
        return found < 0 ? -found - 1 : found;
    }

    /** The position after the last number. */
    int end() {
        return end;
    }

    long number(int position) {
        return numbers[position];
    }

    /** The sum of a number; null when there is none. */
    Partial get(long number) {
        int position = ceiling(number);
        return position < end && numbers[position] == number ? sums[position] : null;
    }

    /** Adds a number and its sum, or replaces the sum that the number has. */
    void put(long number, Partial sum) {
        int position = ceiling(number);
        if (position < end && numbers[position] == number) {
            sums[position] = sum;
            return;
        }
        if (end == numbers.length) {
            makeRoom();
            position = ceiling(number);
        }
        System.arraycopy(numbers, position, numbers, position + 1, end - position);
        System.arraycopy(sums, position, sums, position + 1, end - position);
        numbers[position] = number;
        sums[position] = sum;
        end++;
    }

    /** Moves the entries to the front of new arrays, which are twice as large if more than half of the old ones is in use. */
    private void makeRoom() {
        int size = end - begin;
        int capacity = size > numbers.length / 2 ? numbers.length * 2 : numbers.length;
        numbers = Arrays.copyOf(Arrays.copyOfRange(numbers, begin, end), capacity);
        sums = Arrays.copyOf(Arrays.copyOfRange(sums, begin, end), capacity);
        begin = 0;
        end = size;
    }

    void removeBelow(long number) {
        int position = ceiling(number);
        Arrays.fill(sums, begin, position, null);
        begin = position;
    }
}
