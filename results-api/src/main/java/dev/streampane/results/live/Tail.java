// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The newest results of the log, in the order in which they were read, bounded by number and by bytes.
 *
 * <p>Per partition it holds every readable result with {@code floor <= offset < position}. A client that has seen everything below a
 * position is sent the entries at or above it, whatever the order between partitions: so a position of one process
 * resumes in another one, or after a restart, with no gap and no duplicate. Safe for use by several threads.
 */
final class Tail {

    /** Where a stream begins, and why not where the client wanted. */
    record Start(Cursor cursor, Optional<ResetReason> reset) {}

    private final String topic;
    private final long maxBytes;
    private final ResultEntry[] ring;
    private String topicId;
    private long first;
    private long end;
    private long bytes;
    private long[] floors = {};
    private long[] positions = {};

    Tail(String topic, int maxEntries, long maxBytes) {
        this.topic = topic;
        this.maxBytes = maxBytes;
        this.ring = new ResultEntry[maxEntries];
    }

    /** The topic's name. */
    String topic() {
        return topic;
    }

    /** Replaces everything by another life of the topic, or by what is left of this one. */
    synchronized void open(
            String newTopicId, long[] newFloors, long[] newPositions, List<ResultEntry> entries) {
        while (first < end) {
            evict();
        }
        topicId = newTopicId;
        floors = newFloors.clone();
        positions = newPositions.clone();
        entries.forEach(this::add);
    }

    /** Whether {@link #open} was called. */
    synchronized boolean loaded() {
        return topicId != null;
    }

    /** Adds a result. */
    synchronized void append(ResultEntry entry) {
        positions[entry.partition()] = entry.offset() + 1;
        add(entry);
    }

    /** Goes past a record that is no result. */
    synchronized void skip(int partition, long offset) {
        positions[partition] = offset + 1;
    }

    /**
     * Where to read on, or nothing when the log has to be read afresh: it is another one, or it no longer holds the place. Added
     * partitions begin at their beginning.
     */
    synchronized Optional<long[]> resume(String foundId, long[] beginnings, long[] ends) {
        if (!foundId.equals(topicId) || ends.length < positions.length) {
            return Optional.empty();
        }
        for (int partition = 0; partition < positions.length; partition++) {
            if (positions[partition] < beginnings[partition]
                    || positions[partition] > ends[partition]) {
                return Optional.empty();
            }
        }
        int known = positions.length;
        floors = Arrays.copyOf(floors, ends.length);
        positions = Arrays.copyOf(positions, ends.length);
        for (int partition = known; partition < ends.length; partition++) {
            floors[partition] = beginnings[partition];
            positions[partition] = beginnings[partition];
        }
        return Optional.of(positions.clone());
    }

    /** The start of a stream from now. */
    synchronized Cursor now() {
        return new Cursor(topic, topicId, end, positions.clone());
    }

    /** The start of a stream behind {@code wanted}, or from now and with a reason when that cannot be. */
    synchronized Start start(Position wanted) {
        Optional<ResetReason> reset = obstacle(wanted);
        if (reset.isPresent()) {
            return new Start(now(), reset);
        }
        long[] offsets = Arrays.copyOf(wanted.offsets(), positions.length);
        return new Start(new Cursor(topic, topicId, first, offsets), Optional.empty());
    }

    /** Why what comes next for {@code cursor} is not here, if it is not. */
    synchronized Optional<ResetReason> lost(Cursor cursor) {
        if (!cursor.topicId().equals(topicId)) {
            return Optional.of(ResetReason.RECREATED);
        }
        return cursor.next() < first ? Optional.of(ResetReason.TOO_SLOW) : Optional.empty();
    }

    /** At most {@code max} entries from {@code next} on; none when {@code next} is the end or no longer here. */
    synchronized List<ResultEntry> read(long next, int max) {
        List<ResultEntry> entries = new ArrayList<>();
        for (long n = next; n >= first && n < end && entries.size() < max; n++) {
            entries.add(ring[index(n)]);
        }
        return entries;
    }

    /** The position behind everything that was read. */
    synchronized Position position() {
        return new Position(topic, String.valueOf(topicId), positions.clone());
    }

    /** Number of results kept. */
    synchronized int size() {
        return (int) (end - first);
    }

    /** About the heap that they take. */
    synchronized long bytes() {
        return bytes;
    }

    private Optional<ResetReason> obstacle(Position wanted) {
        if (!wanted.topic().equals(topic)) {
            return Optional.of(ResetReason.FOREIGN);
        }
        if (!wanted.topicId().equals(topicId)) {
            return Optional.of(ResetReason.RECREATED);
        }
        if (wanted.offsets().length > positions.length) {
            return Optional.of(ResetReason.FOREIGN);
        }
        long[] offsets = Arrays.copyOf(wanted.offsets(), positions.length);
        if (anyLess(positions, offsets)) {
            return Optional.of(ResetReason.FUTURE);
        }
        return anyLess(offsets, floors) ? Optional.of(ResetReason.TOO_OLD) : Optional.empty();
    }

    private static boolean anyLess(long[] some, long[] others) {
        return IntStream.range(0, some.length).anyMatch(i -> some[i] < others[i]);
    }

    private void add(ResultEntry entry) {
        if (end - first == ring.length) {
            evict();
        }
        ring[index(end++)] = entry;
        bytes += entry.bytes();
        while (bytes > maxBytes && first < end) {
            evict();
        }
    }

    private void evict() {
        int index = index(first++);
        ResultEntry entry = ring[index];
        ring[index] = null;
        bytes -= entry.bytes();
        floors[entry.partition()] = entry.offset() + 1;
    }

    private int index(long number) {
        return (int) (number % ring.length);
    }
}
