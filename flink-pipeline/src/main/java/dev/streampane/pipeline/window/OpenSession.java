// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A session that can still take records: {@code [start, end)}, where {@code end} is the last event time plus the gap. Mutable, because it
 * is kept in state.
 */
public final class OpenSession {

    /** The first event time, ms since the epoch. */
    public long start;

    /** The last event time plus the gap, ms since the epoch. */
    public long end;

    /** The aggregate of its records. */
    public Partial pane = new Partial();

    /** Whether it holds records that are in no result yet. */
    public boolean pending = true;

    /** When its preview is due, in processing time, ms since the epoch; 0 for no preview. */
    public long previewAt;

    /** The last revision that was published; null as long as there is none. */
    public Published published;

    /** Whether a revision that was published was complete. */
    public boolean publishedComplete;

    /** The published sessions that were merged into it and are not retracted yet, ordered by start. */
    public List<Swallowed> swallowed = new ArrayList<>(0);

    /**
     * A published session that was merged into another one.
     *
     * @param published its last revision
     * @param publishedComplete whether one of its revisions was complete
     */
    public record Swallowed(long start, long end, Published published, boolean publishedComplete) {}

    /** The session of a single partial. */
    static OpenSession of(Partial partial, long gap) {
        var session = new OpenSession();
        session.start = partial.minEventTime;
        session.end = partial.maxEventTime + gap;
        session.pane.add(partial);
        return session;
    }

    /** Merges other sessions, which it touches, into this session, which has not been published; returns this. */
    OpenSession with(List<OpenSession> others) {
        for (OpenSession other : others) {
            start = Math.min(start, other.start);
            end = Math.max(end, other.end);
            pane.add(other.pane);
            if (previewAt == 0) {
                previewAt = other.previewAt;
            }
        }
        others.forEach(this::remember);
        swallowed.sort(Comparator.comparingLong(Swallowed::start));
        return this;
    }

    /** Keeps what was published of {@code other}: as published of this session if both have the same times, otherwise as a session to retract. */
    private void remember(OpenSession other) {
        swallowed.addAll(other.swallowed);
        if (other.published == null) {
            return;
        }
        if (other.start == start && other.end == end) {
            published = other.published;
            publishedComplete = other.publishedComplete;
        } else {
            swallowed.add(new Swallowed(other.start, other.end, other.published, other.publishedComplete));
        }
    }

    /** Marks all of its records as published, in {@code revision} of generation {@code by}. */
    void published(Revision revision, int by) {
        pending = false;
        published = new Published(by, revision.rev());
        publishedComplete |= pane.complete;
        swallowed.clear();
    }
}
