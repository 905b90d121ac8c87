// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.PublishedResult;
import java.time.Instant;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counted records per window end, of one specification in one generation: by the audit lines on one
 * side, by the last revision of each key on the other.
 */
final class WindowCounts {

    /** A last revision, in a table that is half empty. */
    private static final int REVISION_BYTES = 48;

    /** A text of its own, without its characters. */
    private static final int TEXT_BYTES = 64;

    private static final int WINDOW_BYTES = 256;
    private static final int FEW_KEYS = 4;

    private final boolean perWindow;
    private final NavigableMap<Instant, Lines> byLines = new TreeMap<>();

    /** By the key where lines count per window, else by the window's id; interned, for a key is in many windows. */
    private final NavigableMap<Instant, Map<String, Last>> byResults = new TreeMap<>();

    private long bytes;

    private record Last(int rev, long count) {}

    private static final class Lines {
        private long counted;
        private long writtenAt = Long.MIN_VALUE;
    }

    /** @param perWindow whether the lines count the rows of each window */
    WindowCounts(boolean perWindow) {
        this.perWindow = perWindow;
    }

    boolean isPerWindow() {
        return perWindow;
    }

    /** Adds a line's count; a negative one takes a correction or a repeated line back. */
    void counted(Instant end, long count) {
        counted(end, count, Long.MIN_VALUE);
    }

    /** Adds a line's count, and when the line was written, ms since the epoch. */
    void counted(Instant end, long count, long written) {
        Lines lines = byLines.computeIfAbsent(end, e -> new Lines());
        lines.counted += count;
        lines.writtenAt = Math.max(lines.writtenAt, written);
    }

    /** When the newest line was written that counts in the window, which its result follows. */
    long writtenAt(Instant end) {
        return byLines.containsKey(end) ? byLines.get(end).writtenAt : Long.MIN_VALUE;
    }

    /**
     * Takes the next revision of a key's window.
     *
     * @return the revision before it, 0 for the first
     */
    int revised(PublishedResult result) {
        Map<String, Last> ofOne = byResults.get(result.end());
        if (ofOne == null) {
            ofOne = new IdentityHashMap<>(FEW_KEYS);
            byResults.put(result.end(), ofOne);
            bytes += WINDOW_BYTES;
        }
        String key = (perWindow ? result.key() : result.id()).intern();
        Last before = ofOne.put(key, new Last((int) result.version().rev(), result.count()));
        bytes += before == null ? bytes(key) : 0;
        return before == null ? 0 : before.rev();
    }

    private long bytes(String key) {
        return REVISION_BYTES + (perWindow ? 0 : TEXT_BYTES + key.length());
    }

    /** About how much memory the results take. */
    long bytes() {
        return bytes;
    }

    /** The end of the first window that has results. */
    Optional<Instant> firstResult() {
        return byResults.keySet().stream().findFirst();
    }

    /** The end of the last window that has results. */
    Optional<Instant> lastResult() {
        return byResults.isEmpty() ? Optional.empty() : Optional.of(byResults.lastKey());
    }

    /** Forgets the results of windows that end then or later. */
    void forgetResults(Instant from) {
        Map<Instant, Map<String, Last>> late = byResults.tailMap(from, true);
        late.values()
                .forEach(ofOne -> bytes -= WINDOW_BYTES
                        + ofOne.keySet().stream().mapToLong(this::bytes).sum());
        late.clear();
    }

    /** Ends of windows from {@code from}, inclusive, to {@code to}, exclusive. */
    SortedSet<Instant> ends(Instant from, Instant to) {
        SortedSet<Instant> ends = new TreeSet<>(byLines.subMap(from, to).keySet());
        ends.addAll(byResults.subMap(from, to).keySet());
        return ends;
    }

    /** Whether neither lines nor results say that a record is in it: its results are retractions. */
    boolean isVoid(Instant end) {
        return byLines(end) == 0 && byResults(end).values().stream().allMatch(count -> count == 0);
    }

    long byLines(Instant end) {
        return byLines.containsKey(end) ? byLines.get(end).counted : 0;
    }

    /** Last counts per key; for a window over several generations the newest one's hold. */
    Map<String, Long> byResults(Instant end) {
        Map<String, Long> counts = new HashMap<>();
        byResults.getOrDefault(end, Map.of()).forEach((key, last) -> counts.put(key, last.count()));
        return counts;
    }
}
