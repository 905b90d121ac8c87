// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Records per window end, of one specification in one generation, as the audit lines counted them. */
final class WindowCounts {

    private final boolean perWindow;
    private final Map<Instant, Lines> byLines = new TreeMap<>();

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

    /** Adds a count; a negative one is a correction. */
    void counted(Instant end, long count) {
        counted(end, count, Long.MIN_VALUE);
    }

    /** Adds a line's count, and the time at which the line was written, ms since the epoch. */
    void counted(Instant end, long count, long written) {
        Lines lines = byLines.computeIfAbsent(end, e -> new Lines());
        lines.counted += count;
        lines.writtenAt = Math.max(lines.writtenAt, written);
    }

    /** When the newest line that counts in the window was written, ms since the epoch; the window's result is written after it. */
    long writtenAt(Instant end) {
        return byLines.containsKey(end) ? byLines.get(end).writtenAt : Long.MIN_VALUE;
    }

    /** Ends of the windows in which lines counted. */
    Set<Instant> ends() {
        return byLines.keySet();
    }

    long byLines(Instant end) {
        return byLines.containsKey(end) ? byLines.get(end).counted : 0;
    }
}
