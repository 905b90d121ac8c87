// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Limits repeated warnings to one per minute and subject. Thread-safe. */
public final class RareWarnings {

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Map<String, Long> warnedAt = new HashMap<>();

    /** Whether a warning about the subject is due; if so, the next one is due in a minute. */
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
