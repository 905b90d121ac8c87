// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

/** Lets at most one warning in ten seconds pass. */
final class WarningLimit {

    private static final long INTERVAL_MS = 10_000;

    private long last = -INTERVAL_MS;

    /** Whether a warning may be logged at {@code now}, in ms; the clock may have been set back. */
    boolean lets(long now) {
        if (Math.abs(now - last) < INTERVAL_MS) {
            return false;
        }
        last = now;
        return true;
    }
}
