// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.local.audit.WindowCheck.WindowKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Rows per window end, of each specification in each generation, as the audit lines counted them. */
final class WindowCounts {

    private final Map<WindowKey, Map<Instant, Lines>> byKey = new HashMap<>();

    /**
     * The counts of the lines, and of corrections, in the windows with one end.
     *
     * @param writtenAt when the newest of the lines was written, ms since the epoch; the windows' results are written after it
     */
    record Lines(long counted, long writtenAt) {

        private static final Lines NONE = new Lines(0, Long.MIN_VALUE);

        private Lines and(Lines other) {
            return new Lines(counted + other.counted, Math.max(writtenAt, other.writtenAt));
        }
    }

    /** Adds a line's count; a negative one is a correction. */
    void add(WindowKey key, Instant end, long count, long writtenAt) {
        of(key).merge(end, new Lines(count, writtenAt), Lines::and);
    }

    /** The counts of a key by window end; none when it is not known yet. */
    Map<Instant, Lines> of(WindowKey key) {
        return byKey.computeIfAbsent(key, k -> new TreeMap<>());
    }

    Lines at(WindowKey key, Instant end) {
        return byKey.getOrDefault(key, Map.of()).getOrDefault(end, Lines.NONE);
    }

    /** All counts, by key and window end. */
    Map<WindowKey, Map<Instant, Lines>> byKey() {
        return byKey;
    }
}
