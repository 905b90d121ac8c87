// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How far one reader of the {@link Tail} has come: its place there and its position in the log. Used by one thread at a time. */
final class Cursor {

    private final Tail tail;
    private final Map<String, Position.Topic> seen = new TreeMap<>();
    private long next;
    private long lives;

    Cursor(Tail tail, Tail.Place place) {
        this.tail = tail;
        go(place);
    }

    /** Goes to another place. */
    void go(Tail.Place place) {
        next = place.next();
        lives = place.lives();
        seen.clear();
        for (Position.Topic topic : place.position().topics()) {
            seen.put(
                    topic.name(),
                    new Position.Topic(topic.name(), topic.id(), topic.offsets().clone()));
        }
    }

    /** Finds the place again when topics were read afresh; HELD when it is still there. */
    Tail.Reach stay() {
        if (tail.lives() == lives) {
            return Tail.Reach.HELD;
        }
        Tail.Resumed resumed = tail.rejoin(position());
        resumed.place().ifPresent(this::go);
        return resumed.reach();
    }

    /** What comes next, at most {@code max} entries; {@link #pass} each of them. */
    Tail.Slice read(int max) {
        return tail.read(next, max);
    }

    /** Goes past an entry; false when the reader had it before, so that it must not be sent. */
    boolean pass(TailEntry entry) {
        next = entry.number() + 1;
        Position.Topic topic = seen.get(entry.topic());
        if (entry.partition() >= topic.offsets().length) {
            topic = topic.withPartitions(entry.partition() + 1);
            seen.put(entry.topic(), topic);
        }
        boolean unseen = entry.offset() >= topic.offsets()[entry.partition()];
        if (unseen) {
            topic.offsets()[entry.partition()] = entry.offset() + 1;
        }
        return unseen;
    }

    /** Goes past all of a slice, when each of its entries was passed. */
    void end(Tail.Slice slice) {
        slice.now().filter(now -> now.lives() == lives).ifPresent(this::go);
    }

    /** The position from which a later stream goes on behind this one. */
    Position position() {
        List<Position.Topic> topics = new ArrayList<>();
        seen.values()
                .forEach(
                        topic ->
                                topics.add(
                                        new Position.Topic(
                                                topic.name(),
                                                topic.id(),
                                                topic.offsets().clone())));
        return Position.of(topics);
    }
}
