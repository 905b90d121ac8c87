// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Warnings of what goes on for long: one line a minute at most for each subject, however often it is met. Thread-safe. */
public final class RareWarnings {

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Map<String, Long> warnedAt = new HashMap<>();

    /** Whether it is time to warn of a subject; then it is not for a minute. */
    public synchronized boolean isDue(String subject) {
        long now = System.nanoTime();
        Long last = warnedAt.get(subject);
        if (last != null && now - last < INTERVAL.toNanos()) {
            return false;
        }
        warnedAt.put(subject, now);
        return true;
    }
}
