// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.TopicLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A tail of {@code window-results} with two partitions that a test fills by hand. */
public final class FilledTail {

    /** The topic's id until {@link #recreate}. */
    public static final String ID = "3wQ9gkVQTeS5FEOdKvs_-A";

    private static final String TOPIC = "window-results";

    private final Tail tail;
    private final long[] next = new long[2];

    /**
     * An empty tail.
     *
     * @param size entries that it holds
     */
    public FilledTail(int size) {
        tail = new Tail(List.of(new TopicRetention(TOPIC, TailEntry.Kind.WINDOW, size, 1 << 30, Duration.ofDays(1))));
        open(ID);
    }

    public Tail tail() {
        return tail;
    }

    /** Adds a result to a partition. */
    public TailEntry add(int partition, String result) {
        TailEntry entry = Entries.result(partition, next[partition]++, Instant.EPOCH, result);
        tail.append(tail.buffer(TOPIC), partition, entry.offset(), Optional.of(entry));
        return entry;
    }

    /** Adds a record that is no result. */
    public void skip(int partition) {
        tail.append(tail.buffer(TOPIC), partition, next[partition]++, Optional.empty());
    }

    /** Goes past the marker of a transaction. */
    public void mark(int partition) {
        next[partition]++;
        tail.buffer(TOPIC).reached(next.clone());
    }

    /** Begins another life of the topic. */
    public void recreate(String id) {
        next[0] = 0;
        next[1] = 0;
        open(id);
    }

    /** Reads all of the topic afresh, which has these entries. */
    public void readAfresh(List<TailEntry> entries) {
        long[] none = {0, 0};
        entries.forEach(entry -> next[entry.partition()] = Math.max(next[entry.partition()], entry.offset() + 1));
        tail.open(new TopicLayout(TOPIC, ID, none, next.clone()), none, next.clone(), none, entries);
    }

    private void open(String id) {
        long[] none = {0, 0};
        tail.open(new TopicLayout(TOPIC, id, none, none), none, none, none, List.of());
    }
}
