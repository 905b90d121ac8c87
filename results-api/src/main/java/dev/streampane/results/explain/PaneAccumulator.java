// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.PublishedResult;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pane of one key and window while rows come to it. Sessions are merged as they touch: a session's window is the first event time to the
 * last and the gap, and two of which one begins where the other ends are one.
 *
 * <p>gap 10 s, rows at 0, 15 and 8 s: {@code [0,10) | [15,25)}, then {@code [0,25)}.
 */
final class PaneAccumulator {

    /** More sessions of one key than this are not kept; those furthest from the window go. */
    private static final int MAX_SESSIONS = 10_000;

    private final WindowRule rule;
    private final long start;
    private final long end;
    private final List<Measure> measures;
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final Pane pane;
    private long others;

    private record Session(long end, Pane pane) {}

    PaneAccumulator(WindowRule rule, PublishedResult result, List<Measure> measures) {
        this.rule = rule;
        this.start = result.startMillis();
        this.end = result.endMillis();
        this.measures = measures;
        this.pane = new Pane(measures);
    }

    void add(CountedRow row) {
        switch (rule.kind()) {
            case SESSION -> addToSession(row);
            case GLOBAL -> pane.add(row);
            default -> {
                if (start <= row.time() && row.time() < end) {
                    pane.add(row);
                } else {
                    others++;
                }
            }
        }
    }

    private void addToSession(CountedRow row) {
        long from = row.time();
        long to = row.time() + rule.size();
        Pane merged = new Pane(measures);
        merged.add(row);
        Map.Entry<Long, Session> before = sessions.floorEntry(to);
        while (before != null && before.getValue().end() >= from) {
            sessions.remove(before.getKey());
            from = Math.min(from, before.getKey());
            to = Math.max(to, before.getValue().end());
            merged.add(before.getValue().pane());
            before = sessions.floorEntry(to);
        }
        sessions.put(from, new Session(to, merged));
        if (sessions.size() > MAX_SESSIONS) {
            boolean isLastFurther = sessions.lastKey() - end > start - sessions.firstKey();
            others += (isLastFurther ? sessions.pollLastEntry() : sessions.pollFirstEntry())
                    .getValue()
                    .pane()
                    .count();
        }
    }

    /** What belongs to the window: of sessions the one that overlaps it, the first of several. */
    WindowPane result() {
        if (rule.kind() != WindowRule.Kind.SESSION) {
            boolean follows = rule.kind() == WindowRule.Kind.GLOBAL && pane.count() > 0;
            return new WindowPane(pane, follows ? pane.minTime() : start, follows ? pane.maxTime() + 1 : end, others);
        }
        long elsewhere = others;
        WindowPane result = new WindowPane(pane, start, end, 0);
        for (Map.Entry<Long, Session> session : sessions.descendingMap().entrySet()) {
            Session value = session.getValue();
            if (session.getKey() < end && value.end() > start) {
                elsewhere += result.pane().count();
                result = new WindowPane(value.pane(), session.getKey(), value.end(), 0);
            } else {
                elsewhere += value.pane().count();
            }
        }
        return new WindowPane(result.pane(), result.start(), result.end(), elsewhere);
    }

    /**
     * The pane of the window.
     *
     * @param start where it really begins
     * @param end where it really ends
     * @param others counted rows of the key that lie in other windows
     */
    record WindowPane(Pane pane, long start, long end, long others) {}
}
