// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An index of the open sessions of one key by start, end and preview time. No two sessions touch, so the sessions that a record touches,
 * and those that a timer belongs to, are found without a scan of all sessions. A session is identified by its start.
 */
final class SessionIndex {

    private final TreeMap<Long, Long> ends = new TreeMap<>();
    private final Map<Long, Set<Long>> previews = new HashMap<>();

    boolean isEmpty() {
        return ends.isEmpty();
    }

    void put(OpenSession session) {
        ends.put(session.start, session.end);
        if (session.previewAt != 0) {
            previews.computeIfAbsent(session.previewAt, time -> new TreeSet<>()).add(session.start);
        }
    }

    void remove(OpenSession session) {
        ends.remove(session.start);
        removePreview(session);
    }

    void removePreview(OpenSession session) {
        previews.computeIfPresent(
                session.previewAt, (time, starts) -> starts.remove(session.start) && starts.isEmpty() ? null : starts);
    }

    /** Whether a preview of a session is due at {@code time}. */
    boolean hasPreviewAt(long time) {
        return previews.containsKey(time);
    }

    /** Removes the previews that are due at {@code time}; returns the starts of their sessions. */
    Set<Long> removePreviewsAt(long time) {
        return Optional.ofNullable(previews.remove(time)).orElse(Set.of());
    }

    /** The starts of the sessions that overlap {@code [start, end)} or are adjacent to it, latest first. */
    List<Long> touching(long start, long end) {
        var touching = new ArrayList<Long>(1);
        Map.Entry<Long, Long> session = ends.floorEntry(end);
        while (session != null && session.getValue() >= start) {
            touching.add(session.getKey());
            session = ends.lowerEntry(session.getKey());
        }
        return touching;
    }

    Optional<Long> endingAt(long end) {
        return Optional.ofNullable(ends.lowerEntry(end))
                .filter(last -> last.getValue() == end)
                .map(Map.Entry::getKey);
    }
}
