// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The {@link Position} of one reader of the log as it advances. Used by one thread at a time. */
final class PositionTracker {

    private String[] names = {};
    private String[] ids = {};
    private long[][] offsets = {};

    PositionTracker(Position position) {
        seek(position);
    }

    /** Moves to another position. */
    void seek(Position position) {
        List<Position.Topic> topics = position.topics();
        names = topics.stream().map(Position.Topic::name).toArray(String[]::new);
        ids = topics.stream().map(Position.Topic::id).toArray(String[]::new);
        offsets = topics.stream().map(topic -> topic.offsets().clone()).toArray(long[][]::new);
    }

    /** Advances past an entry; false when it was read before, or is of a topic that is not followed. */
    boolean advance(TailEntry entry) {
        for (int topic = 0; topic < names.length; topic++) {
            if (names[topic].equals(entry.topic())) {
                return advance(topic, entry.partition(), entry.offset());
            }
        }
        return false;
    }

    private boolean advance(int topic, int partition, long offset) {
        if (partition >= offsets[topic].length) {
            offsets[topic] = Arrays.copyOf(offsets[topic], partition + 1);
        }
        if (offset < offsets[topic][partition]) {
            return false;
        }
        offsets[topic][partition] = offset + 1;
        return true;
    }

    /** The position now. */
    Position position() {
        List<Position.Topic> topics = new ArrayList<>();
        for (int topic = 0; topic < names.length; topic++) {
            topics.add(new Position.Topic(names[topic], ids[topic], offsets[topic].clone()));
        }
        return Position.of(topics);
    }

    /** The position now, as it is written. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(160);
        for (int topic = 0; topic < names.length; topic++) {
            text.append(topic == 0 ? "" : Position.SEPARATOR).append(names[topic]);
            text.append('~').append(ids[topic]);
            char before = '~';
            for (long offset : offsets[topic]) {
                text.append(before).append(offset);
                before = '.';
            }
        }
        return text.toString();
    }
}
