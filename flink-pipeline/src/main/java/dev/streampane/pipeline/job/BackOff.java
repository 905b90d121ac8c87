// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Exponential back-off with jitter: the wait before the next try doubles with every consecutive failure, from {@code first} up to
 * {@code longest}. A random part of up to half of it is left out, so that many writers do not retry at the same time.
 *
 * <p>100 ms up to 5 s: {@code 1st 50..100 | 2nd 100..200 | 3rd 200..400 | … | 7th and later 2500..5000}.
 */
public record BackOff(Duration first, Duration longest) implements Serializable {

    /** From 100 ms to 5 s, for a server that does not answer. */
    public static final BackOff OF_A_SERVER = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(5));

    /** Refuses {@code first} below 1 ms and {@code longest} below {@code first}. */
    public BackOff {
        if (first.toMillis() < 1 || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("first " + first + " must be from 1 ms to longest " + longest);
        }
    }

    /** The wait in milliseconds after that many consecutive failures, from 1. */
    public long millis(int failures) {
        return millis(failures, ThreadLocalRandom.current().nextDouble());
    }

    /**
     * The wait in milliseconds.
     *
     * @param failures consecutive failures, from 1
     * @param random from 0 (shortest) to 1
     */
    long millis(int failures, double random) {
        int doublings = Math.min(failures - 1, 30);
        long whole = Math.min(longest.toMillis(), first.toMillis() << doublings);
        return whole / 2 + Math.round(whole / 2.0 * random);
    }
}
