// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.Arrays;

/**
 * Numbers in their order, each with a sum or null. Made for numbers that come nearly in order and go from the smallest: then putting and
 * removing move next to nothing, and finding is a binary search in one array.
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

    /** The position of the smallest number from {@code number} on; {@link #end()} when there is none. */
    int ceiling(long number) {
        int found = Arrays.binarySearch(numbers, begin, end, number);
        return found < 0 ? -found - 1 : found;
    }

    /** The position after the last. */
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

    /** Takes in a number and its sum, in place of the one that it may have had. */
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

    /** Moves all to the front, into larger arrays unless half of these is free. */
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
