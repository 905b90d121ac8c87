// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.PublishedResult;
import dev.streampane.results.explain.WindowRule.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builds the pane of one key and window from its rows. A session lasts from its first event time to its last one plus the gap. Sessions that
 * overlap, or of which one begins where the other ends, are merged.
 *
 * <p>gap 10 s, rows at 0, 15 and 8 s: {@code [0,10) | [15,25)}, then {@code [0,25)}.
 */
final class PaneAccumulator {

    /** Maximum number of sessions of one key that are kept; the one furthest from the window is dropped. */
    private static final int MAX_SESSIONS = 10_000;

    private final WindowRule rule;
    private final long start;
    private final long end;
    private final List<Measure> measures;

    /** The sessions by start, ms since the epoch. */
    private final TreeMap<Long, Pane> sessions = new TreeMap<>();

    private final Pane pane;
    private long rows;

    PaneAccumulator(WindowRule rule, PublishedResult result, List<Measure> measures) {
        this.rule = rule;
        this.start = result.startMillis();
        this.end = result.endMillis();
        this.measures = measures;
        this.pane = new Pane(measures);
    }

    void add(CountedRow row) {
        rows++;
        if (rule.kind() == Kind.SESSION) {
            addToSession(row);
        } else if (rule.kind() == Kind.GLOBAL || start <= row.time() && row.time() < end) {
            pane.add(row);
        }
    }

    private void addToSession(CountedRow row) {
        Pane merged = new Pane(measures);
        merged.add(row);
        Map.Entry<Long, Pane> before = sessions.floorEntry(end(merged));
        while (before != null && end(before.getValue()) >= merged.minTime()) {
            sessions.remove(before.getKey());
            merged.add(before.getValue());
            before = sessions.floorEntry(end(merged));
        }
        sessions.put(merged.minTime(), merged);
        if (sessions.size() > MAX_SESSIONS) {
            boolean isLastFurther = sessions.lastKey() - end > start - sessions.firstKey();
            sessions.remove(isLastFurther ? sessions.lastKey() : sessions.firstKey());
        }
    }

    /** The end of a session; or of a global pane, which ends 1 ms after its last record. */
    private long end(Pane found) {
        return found.maxTime() + Math.max(1, rule.size());
    }

    /** The pane of the window; for sessions, the first session that overlaps the window. */
    WindowPane result() {
        Pane found = sessions.values().stream()
                .filter(session -> session.minTime() < end && end(session) > start)
                .findFirst()
                .orElse(pane);
        boolean isByRecords = rule.kind() == Kind.SESSION || rule.kind() == Kind.GLOBAL;
        return isByRecords && found.count() > 0
                ? new WindowPane(found, found.minTime(), end(found), rows - found.count())
                : new WindowPane(found, start, end, rows - found.count());
    }

    /**
     * The pane of the window.
     *
     * @param start its start; for sessions and global windows by the records that were read
     * @param end its end, likewise
     * @param others counted rows of the key that lie in other windows
     */
    record WindowPane(Pane pane, long start, long end, long others) {}
}
