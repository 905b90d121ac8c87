// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The {@link Position} of one reader of the log, updated as it reads. Used by one thread at a time. */
final class PositionTracker {

    /** Copies whose offset arrays are updated in place. */
    private final List<TopicPosition> topics;

    PositionTracker(Position position) {
        topics = copies(position.topics());
    }

    /** Advances past an entry; false when it was read before, or when its topic is not in the position. */
    boolean advance(TailEntry entry) {
        for (int i = 0; i < topics.size(); i++) {
            if (topics.get(i).name().equals(entry.topic())) {
                topics.set(i, topics.get(i).withPartitions(entry.partition() + 1));
                long[] offsets = topics.get(i).offsets();
                boolean isNew = entry.offset() >= offsets[entry.partition()];
                offsets[entry.partition()] = Math.max(offsets[entry.partition()], entry.offset() + 1);
                return isNew;
            }
        }
        return false;
    }

    /** The current position. */
    Position position() {
        return new Position(copies(topics));
    }

    /** The current position as text. */
    @Override
    public String toString() {
        return topics.stream().map(TopicPosition::toString).collect(Collectors.joining(Position.SEPARATOR));
    }

    private static List<TopicPosition> copies(List<TopicPosition> topics) {
        return topics.stream()
                .map(topic -> new TopicPosition(
                        topic.name(), topic.id(), topic.offsets().clone()))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
