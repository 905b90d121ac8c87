// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** The entries of one topic in a {@link Tail}: a ring that grows to its limits. Guarded by the tail. */
final class TopicBuffer {

    private static final int FIRST_CAPACITY = 1_024;

    /** Every record of the partition is here. */
    static final long COMPLETE = Long.MIN_VALUE;

    /** No record of the partition has been seen. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final TopicRetention retention;
    private final Optional<TailIndex> index;
    private final Ring<TailEntry> entries = new Ring<>();

    /** The same by partition. */
    private final List<Ring<TailEntry>> ofPartitions = new ArrayList<>();

    private long bytes;
    private long evicted;
    private String topicId;
    private long[] earliest = {};
    private long[] positions = {};
    private long[] reached = {};

    /** Per partition the append time from which on everything is here, {@link #COMPLETE} or {@link #UNKNOWN}. */
    private long[] whole = {};

    private long firstAppended = Long.MAX_VALUE;

    TopicBuffer(TopicRetention retention, Optional<TailIndex> index) {
        this.retention = retention;
        this.index = index;
    }

    String name() {
        return retention.name();
    }

    TailEntry.Kind kind() {
        return retention.kind();
    }

    boolean loaded() {
        return topicId != null;
    }

    int partitions() {
        return positions.length;
    }

    void open(String newTopicId, long[] newEarliest, long[] newPositions, long[] newWhole) {
        while (size() > 0) {
            evict();
        }
        ofPartitions.clear();
        addPartitions(newPositions.length);
        topicId = newTopicId;
        earliest = newEarliest.clone();
        positions = newPositions.clone();
        reached = newPositions.clone();
        firstAppended = Long.MAX_VALUE;
        whole = newWhole.clone();
    }

    void append(TailEntry entry) {
        pass(entry.partition(), entry.offset());
        add(entry);
    }

    void pass(int partition, long offset) {
        positions[partition] = offset + 1;
        reached[partition] = Math.max(reached[partition], offset + 1);
    }

    boolean reached(long[] offsets) {
        boolean more = false;
        for (int partition = 0; partition < Math.min(reached.length, offsets.length); partition++) {
            more |= offsets[partition] > reached[partition];
            reached[partition] = Math.max(reached[partition], offsets[partition]);
        }
        return more;
    }

    void add(TailEntry entry) {
        long oldest = entry.appended() - retention.maxAge().toMillis();
        while (size() > 0
                && (size() == retention.maxEntries()
                        || bytes + entry.bytes() > retention.maxBytes()
                        || entry(0).appended() < oldest)) {
            evict();
        }
        entries.add(entry);
        ofPartitions.get(entry.partition()).add(entry);
        bytes += entry.bytes();
        firstAppended = Math.min(firstAppended, entry.appended());
        if (whole[entry.partition()] == UNKNOWN) {
            whole[entry.partition()] = entry.appended() + 1;
        }
        index.ifPresent(of -> of.add(entry));
    }

    /** Where to read on, or nothing: it is another topic of the name, or no longer holds the place. Added partitions begin at their beginning. */
    Optional<long[]> readOn(TopicLayout topic) {
        if (!topic.topicId().equals(topicId) || topic.partitions() < positions.length) {
            return Optional.empty();
        }
        for (int partition = 0; partition < positions.length; partition++) {
            if (positions[partition] < topic.beginnings()[partition]
                    || positions[partition] > topic.ends()[partition]) {
                return Optional.empty();
            }
        }
        int known = positions.length;
        addPartitions(topic.partitions());
        earliest = Arrays.copyOf(earliest, topic.partitions());
        positions = Arrays.copyOf(positions, topic.partitions());
        reached = Arrays.copyOf(reached, topic.partitions());
        whole = Arrays.copyOf(whole, topic.partitions());
        for (int partition = known; partition < positions.length; partition++) {
            earliest[partition] = topic.beginnings()[partition];
            positions[partition] = topic.beginnings()[partition];
            reached[partition] = topic.beginnings()[partition];
            whole[partition] = earliest[partition] == 0 ? COMPLETE : UNKNOWN;
        }
        return Optional.of(positions.clone());
    }

    Position.Topic position() {
        return new Position.Topic(name(), topicId, positions.clone());
    }

    Position.Topic reached() {
        return new Position.Topic(name(), topicId, reached.clone());
    }

    Position.Topic earliest() {
        return new Position.Topic(name(), topicId, earliest.clone());
    }

    /**
     * Every record that was appended at this time or later is here; nothing when that is not known.
     *
     * <p>Nothing was appended to an earlier topic of the name at the time of this one's first record or later.
     */
    Optional<Instant> whole() {
        long since = LongStream.concat(LongStream.of(firstAppended), LongStream.of(whole))
                .max()
                .orElse(UNKNOWN);
        return since == UNKNOWN ? Optional.empty() : Optional.of(Instant.ofEpochMilli(since));
    }

    Reach reach(Position.Topic wanted) {
        if (!loaded()) {
            return Reach.AHEAD;
        }
        if (!wanted.id().equals(topicId)) {
            return Reach.RECREATED;
        }
        if (wanted.offsets().length > positions.length) {
            return Reach.FOREIGN;
        }
        Position.Topic whole = wanted.withPartitions(positions.length);
        if (!reached().reaches(whole)) {
            return Reach.AHEAD;
        }
        return whole.reaches(earliest()) ? Reach.HELD : Reach.OLDER;
    }

    /** Number of the first entry at or above {@code seen}; {@code none} when there is none. */
    long firstUnseen(Position.Topic seen, long none) {
        long first = none;
        for (int partition = 0; partition < ofPartitions.size(); partition++) {
            Ring<TailEntry> ring = ofPartitions.get(partition);
            int unseen = ring.find(TailEntry::offset, seen.offsets()[partition]);
            if (unseen < ring.size()) {
                first = Math.min(first, ring.get(unseen).number());
            }
        }
        return first;
    }

    /** Index of the first entry whose number is {@code number} or higher. */
    int find(long number) {
        return entries.find(TailEntry::number, number);
    }

    TailEntry entry(int i) {
        return entries.get(i);
    }

    int size() {
        return entries.size();
    }

    long bytes() {
        return bytes;
    }

    /** No entry below this number is here any more. */
    long evicted() {
        return evicted;
    }

    private void evict() {
        TailEntry entry = entries.remove();
        ofPartitions.get(entry.partition()).remove();
        evicted = entry.number() + 1;
        bytes -= entry.bytes();
        earliest[entry.partition()] = entry.offset() + 1;
        whole[entry.partition()] = Math.max(whole[entry.partition()], entry.appended() + 1);
        index.ifPresent(of -> of.remove(entry));
    }

    private void addPartitions(int partitions) {
        while (ofPartitions.size() < partitions) {
            ofPartitions.add(new Ring<>());
        }
    }
}
