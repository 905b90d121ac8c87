// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where one client is in each topic that the stream follows. Used by one thread at a time.
 *
 * <p>On the wire the topics' {@link Position}s in the order of their names, joined by {@code ~~}. A position that leaves a topic out, as
 * those did that were given out when the stream followed one topic, goes on from now there. A topic that is not there has no
 * place until it is.
 */
final class StreamPlace {

    /**
     * A topic of the stream.
     *
     * @param event name of the events that carry its records
     */
    record Followed(String event, Tail tail) {}

    private final List<Followed> topics;
    private Cursor[] cursors;

    /** The place from now on. */
    StreamPlace(List<Followed> followed) {
        topics =
                followed.stream()
                        .sorted(Comparator.comparing(topic -> topic.tail().topic()))
                        .toList();
        goToNow();
    }

    /** Leaves what is not read yet. */
    void goToNow() {
        cursors = new Cursor[topics.size()];
        join();
    }

    /** Takes in topics that have been read since. */
    void join() {
        for (int i = 0; i < cursors.length; i++) {
            if (cursors[i] == null && topics.get(i).tail().loaded()) {
                cursors[i] = topics.get(i).tail().now();
            }
        }
    }

    /** Goes behind {@code lastEventId}; or stays at now, and says why, when any topic's place cannot be had. */
    Optional<ResetReason> resume(String lastEventId) {
        Optional<List<Position>> wanted = Position.parseAll(lastEventId);
        if (wanted.isEmpty()) {
            return Optional.of(ResetReason.GARBAGE);
        }
        if (!wanted.get().stream().allMatch(position -> isFollowed(position.topic()))) {
            return Optional.of(ResetReason.FOREIGN);
        }
        Cursor[] resumed = cursors.clone();
        for (Position position : wanted.get()) {
            int topic = indexOf(position.topic());
            Tail.Start start = topics.get(topic).tail().start(position);
            if (start.reset().isPresent()) {
                return start.reset();
            }
            resumed[topic] = start.cursor();
        }
        cursors = resumed;
        return Optional.empty();
    }

    /** Why what comes next in a topic is not here, if it is not. */
    Optional<ResetReason> lost() {
        for (int i = 0; i < cursors.length; i++) {
            if (cursors[i] != null) {
                Optional<ResetReason> lost = topics.get(i).tail().lost(cursors[i]);
                if (lost.isPresent()) {
                    return lost;
                }
            }
        }
        return Optional.empty();
    }

    /** How many topics there are. */
    int topics() {
        return topics.size();
    }

    /** The name of a topic's events. */
    String event(int topic) {
        return topics.get(topic).event();
    }

    /** At most {@code max} entries of a topic that come next. */
    List<ResultEntry> next(int topic, int max) {
        return cursors[topic] == null
                ? List.of()
                : topics.get(topic).tail().read(cursors[topic].next(), max);
    }

    /** Goes past an entry; false when the client had it before. */
    boolean pass(int topic, ResultEntry entry) {
        return cursors[topic].pass(entry);
    }

    /** The position from which a later stream goes on behind this one. */
    String position() {
        StringBuilder position = new StringBuilder();
        for (Cursor cursor : cursors) {
            if (cursor != null) {
                position.append(position.isEmpty() ? "" : Position.SEPARATOR)
                        .append(cursor.position());
            }
        }
        return position.toString();
    }

    private boolean isFollowed(String name) {
        int topic = indexOf(name);
        return topic >= 0 && cursors[topic] != null;
    }

    private int indexOf(String name) {
        for (int i = 0; i < topics.size(); i++) {
            if (topics.get(i).tail().topic().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
