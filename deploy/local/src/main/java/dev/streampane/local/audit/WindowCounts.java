// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counted records per window end, of one specification in one generation: by the audit lines on one
 * side, by the last revision of each key on the other.
 */
final class WindowCounts {

    private final NavigableMap<Instant, Long> byLines = new TreeMap<>();
    private final Map<Instant, Long> writtenAt = new HashMap<>();
    private final NavigableMap<Instant, Map<String, Last>> byResults = new TreeMap<>();

    private record Last(int rev, long count) {}

    /** Adds a line's count; a negative one takes a correction or a repeated line back. */
    void counted(Instant end, long count) {
        byLines.merge(end, count, Long::sum);
    }

    /** Adds a line's count, and when the line was written, ms since the epoch. */
    void counted(Instant end, long count, long written) {
        counted(end, count);
        writtenAt.merge(end, written, Math::max);
    }

    /** When the newest line was written that counts in the window, which its result follows. */
    long writtenAt(Instant end) {
        return writtenAt.getOrDefault(end, Long.MIN_VALUE);
    }

    /**
     * Takes the next revision of a key's window.
     *
     * @return the revision before it, 0 for the first
     */
    int revised(Instant end, String key, int rev, long count) {
        Last before = byResults.computeIfAbsent(end, e -> new HashMap<>()).put(key, new Last(rev, count));
        return before == null ? 0 : before.rev();
    }

    Set<Instant> ends() {
        Set<Instant> ends = new TreeSet<>(byLines.keySet());
        ends.addAll(byResults.keySet());
        return ends;
    }

    /** Whether neither lines nor results say that a record is in it: its results are retractions. */
    boolean isVoid(Instant end) {
        return byLines(end) == 0 && byResults(end).values().stream().allMatch(count -> count == 0);
    }

    long byLines(Instant end) {
        return byLines.getOrDefault(end, 0L);
    }

    /** Last counts per key; for a window over several generations the newest one's hold. */
    Map<String, Long> byResults(Instant end) {
        Map<String, Long> counts = new HashMap<>();
        byResults.getOrDefault(end, Map.of()).forEach((key, last) -> counts.put(key, last.count()));
        return counts;
    }
}
