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
 * The open sessions of one key by their times. No two touch, so those that a record touches, and those that a timer is of, are found without a
 * look at all others. Sessions are named by their starts.
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

    /** Whether there is a session to look into at that time. */
    boolean hasPreviewAt(long time) {
        return previews.containsKey(time);
    }

    /** Takes out when to look into the sessions of which that is the time. */
    Set<Long> removePreviewsAt(long time) {
        return Optional.ofNullable(previews.remove(time)).orElse(Set.of());
    }

    /** The sessions that overlap {@code [start, end)}, or end or begin where it begins or ends; the last first. */
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
