// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/** The times from the writing of results to their deliveries, every one of them. One thread receives. */
final class Latencies {

    private final AtomicLongArray written;
    private int[] micros = new int[1 << 16];
    private int size;
    private volatile int from = Integer.MAX_VALUE;
    private volatile int to = Integer.MAX_VALUE;

    /**
     * @param maxNumber results are numbered below it
     */
    Latencies(int maxNumber) {
        written = new AtomicLongArray(maxNumber);
    }

    /** Says when a result was given to the log. */
    void written(int number, long nanos) {
        written.set(number, nanos);
    }

    /** From which number on results are measured; ends the measurement before. To be called while nothing is delivered. */
    void measure(int first, int end) {
        synchronized (this) {
            size = 0;
        }
        from = first;
        to = end;
    }

    void received(int number, long nanos) {
        if (number < from || number >= to) {
            return;
        }
        synchronized (this) {
            if (size == micros.length) {
                micros = Arrays.copyOf(micros, size * 2);
            }
            micros[size++] = (int) ((nanos - written.get(number)) / 1_000);
        }
    }

    /** Number of deliveries measured. */
    synchronized int size() {
        return size;
    }

    /** The time below which that share of the deliveries came. */
    synchronized Duration percentile(double share) {
        int[] sorted = Arrays.copyOf(micros, size);
        Arrays.sort(sorted);
        return Duration.ofNanos(sorted[Math.min(size - 1, (int) Math.ceil(size * share) - 1)] * 1_000L);
    }
}
