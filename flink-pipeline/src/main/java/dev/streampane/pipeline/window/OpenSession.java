// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A session that records can still come to: {@code [start, end)}, where {@code end} is the last event time and the gap. Mutable, for it
 * lives in state.
 */
public final class OpenSession {

    /** The first event time, ms since the epoch. */
    public long start;

    /** The last event time and the gap, ms since the epoch. */
    public long end;

    /** What its records add up to. */
    public Partial pane = new Partial();

    /** Whether it holds records that no result has told. */
    public boolean pending = true;

    /** When to look into it, in processing time; 0 for no time. */
    public long previewAt;

    /** The last revision that was published; null as long as there is none. */
    public Published published;

    /** Whether a revision that was published was complete. */
    public boolean publishedComplete;

    /** The published sessions that it swallowed and that no result has taken back, by their starts. */
    public List<Swallowed> swallowed = new ArrayList<>(0);

    /**
     * A session that was published and is no more.
     *
     * @param published its last revision
     * @param publishedComplete whether one of its revisions was complete
     */
    public record Swallowed(long start, long end, Published published, boolean publishedComplete) {}

    /** The session that a partial alone would be. */
    static OpenSession of(Partial partial, long gap) {
        var session = new OpenSession();
        session.start = partial.minEventTime;
        session.end = partial.maxEventTime + gap;
        session.pane.add(partial);
        return session;
    }

    /** The session that all of them are together; they touch, and this one has not been published. */
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

    /** What was published of another: of this very session, or of one that is no more. */
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

    /** Remembers that its records have been told. */
    void published(Revision revision, int by) {
        pending = false;
        published = new Published(by, revision.rev());
        publishedComplete |= pane.complete;
        swallowed.clear();
    }
}
