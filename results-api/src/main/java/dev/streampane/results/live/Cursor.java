// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Arrays;

/** How far one client has come: its place in the tail and its position in the log. Used by one thread at a time. */
final class Cursor {

    private final String topic;
    private final String topicId;
    private long next;
    private long[] offsets;

    Cursor(String topic, String topicId, long next, long[] offsets) {
        this.topic = topic;
        this.topicId = topicId;
        this.next = next;
        this.offsets = offsets;
    }

    /** The life of the topic that the cursor belongs to. */
    String topicId() {
        return topicId;
    }

    /** Number of the tail's entry that comes next. */
    long next() {
        return next;
    }

    /** Goes past {@code entry}; false when the client had it before, so that it must not be sent. */
    boolean pass(ResultEntry entry) {
        next++;
        if (entry.partition() >= offsets.length) {
            offsets = Arrays.copyOf(offsets, entry.partition() + 1);
        }
        boolean unseen = entry.offset() >= offsets[entry.partition()];
        if (unseen) {
            offsets[entry.partition()] = entry.offset() + 1;
        }
        return unseen;
    }

    /** The position from which a later stream goes on behind this one. */
    Position position() {
        return new Position(topic, topicId, offsets.clone());
    }
}
