// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import java.time.Duration;

/** How much one explanation may read, and for how long. */
final class Budget {

    private final long maxRecords;
    private final Duration timeout;
    private final long started = System.nanoTime();
    private long inputs;

    Budget(long maxRecords, Duration timeout) {
        this.maxRecords = maxRecords;
        this.timeout = timeout;
    }

    /** Refuses to begin with so many offsets. */
    void plan(long offsets) {
        if (offsets > maxRecords) {
            throw new TooMuchException(
                    "its inputs take %,d offsets; allowed are %,d".formatted(offsets, maxRecords));
        }
    }

    /** Some more records of the inputs were read. */
    void read(int records) {
        inputs += records;
        check();
    }

    /** Refuses to go on when the time is up. */
    void check() {
        if (left().isNegative()) {
            throw new TooMuchException("it took more than %d ms".formatted(timeout.toMillis()));
        }
    }

    /** The time that is left. */
    Duration left() {
        return timeout.minusNanos(System.nanoTime() - started);
    }

    double seconds() {
        return (System.nanoTime() - started) / 1_000_000 / 1e3;
    }

    long maxRecords() {
        return maxRecords;
    }

    long inputs() {
        return inputs;
    }
}
