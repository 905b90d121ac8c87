// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** The entries of one topic in a {@link Tail}: a ring buffer that grows up to the limits of its retention. Guarded by the tail. */
final class TopicBuffer {

    /** Every record of the partition is in the buffer. */
    static final long COMPLETE = Long.MIN_VALUE;

    /** Not known: no entry of the partition has been added. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final TopicRetention retention;
    private final Optional<TailIndex> index;
    private final Ring<TailEntry> entries = new Ring<>();
    private final List<Partition> partitions = new ArrayList<>();
    private long bytes;
    private String topicId;
    private long firstAppended = Long.MAX_VALUE;

    private static final class Partition {
        private final Ring<TailEntry> entries = new Ring<>();
        private long earliest;
        private long position;
        private long reached;

        /** The append time in ms from which on every record of the partition is in the buffer, {@link #COMPLETE} or {@link #UNKNOWN}. */
        private long whole;

        private Partition(long earliest, long position, long whole) {
            this.earliest = earliest;
            this.position = position;
            this.reached = position;
            this.whole = whole;
        }
    }

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
        return partitions.size();
    }

    void open(String newTopicId, long[] earliest, long[] positions, long[] whole) {
        while (size() > 0) {
            evict();
        }
        partitions.clear();
        for (int partition = 0; partition < positions.length; partition++) {
            partitions.add(new Partition(earliest[partition], positions[partition], whole[partition]));
        }
        topicId = newTopicId;
        firstAppended = Long.MAX_VALUE;
    }

    void pass(int number, long offset) {
        partitions.get(number).position = offset + 1;
    }

    boolean reached(long[] offsets) {
        boolean more = false;
        for (int number = 0; number < Math.min(partitions(), offsets.length); number++) {
            Partition partition = partitions.get(number);
            more |= offsets[number] > partition.reached;
            partition.reached = Math.max(partition.reached, offsets[number]);
        }
        return more;
    }

    void add(TailEntry entry) {
        long oldest = entry.appended() - retention.maxAge().toMillis();
        while (size() > 0
                && (size() == retention.maxEntries()
                        || bytes + entry.bytes() > retention.maxBytes()
                        || entries.get(0).appended() < oldest)) {
            evict();
        }
        Partition partition = partitions.get(entry.partition());
        entries.add(entry);
        partition.entries.add(entry);
        bytes += entry.bytes();
        firstAppended = Math.min(firstAppended, entry.appended());
        if (partition.whole == UNKNOWN) {
            partition.whole = entry.appended() + 1;
        }
        index.ifPresent(of -> of.add(entry));
    }

    /**
     * The offsets to read on from; empty when the topic has another id or fewer partitions, or no longer has one of the offsets. Added partitions
     * are read from their beginning.
     */
    Optional<long[]> readOn(TopicLayout topic) {
        if (!topic.topicId().equals(topicId) || topic.partitions() < partitions()) {
            return Optional.empty();
        }
        long[] offsets = reached().offsets();
        for (int number = 0; number < partitions(); number++) {
            if (offsets[number] < topic.beginnings()[number] || offsets[number] > topic.ends()[number]) {
                return Optional.empty();
            }
        }
        for (int number = partitions(); number < topic.partitions(); number++) {
            long begin = topic.beginnings()[number];
            partitions.add(new Partition(begin, begin, begin == 0 ? COMPLETE : UNKNOWN));
        }
        return Optional.of(reached().offsets());
    }

    TopicPosition position() {
        return place(partition -> partition.position);
    }

    TopicPosition reached() {
        return place(partition -> Math.max(partition.position, partition.reached));
    }

    TopicPosition earliest() {
        return place(partition -> partition.earliest);
    }

    private TopicPosition place(ToLongFunction<Partition> offset) {
        return new TopicPosition(
                name(), topicId, partitions.stream().mapToLong(offset).toArray());
    }

    /**
     * The append time from which on every record is in the buffer; empty when it is not known.
     *
     * <p>Never before the first append time seen here: earlier records may have gone to an earlier topic of the same name.
     */
    Optional<Instant> whole() {
        long since = Math.max(
                firstAppended,
                partitions.stream()
                        .mapToLong(partition -> partition.whole)
                        .max()
                        .orElse(UNKNOWN));
        return since == UNKNOWN ? Optional.empty() : Optional.of(Instant.ofEpochMilli(since));
    }

    Reach reach(TopicPosition wanted) {
        if (!loaded()) {
            return Reach.AHEAD;
        }
        if (!wanted.id().equals(topicId)) {
            return Reach.RECREATED;
        }
        if (wanted.offsets().length > partitions()) {
            return Reach.FOREIGN;
        }
        TopicPosition whole = wanted.withPartitions(partitions());
        if (!reached().reaches(whole)) {
            return Reach.AHEAD;
        }
        return whole.reaches(earliest()) ? Reach.HELD : Reach.OLDER;
    }

    /** The lowest number of an entry at or above {@code seen}; {@code none} when there is no such entry. */
    long firstUnseen(TopicPosition seen, long none) {
        long first = none;
        for (int number = 0; number < partitions(); number++) {
            Ring<TailEntry> ring = partitions.get(number).entries;
            int unseen = ring.find(TailEntry::offset, seen.offsets()[number]);
            if (unseen < ring.size()) {
                first = Math.min(first, ring.get(unseen).number());
            }
        }
        return first;
    }

    /** Adds to {@code some} the first entries whose number is {@code number} or higher, at most {@code max}. */
    void addFrom(long number, int max, List<TailEntry> some) {
        int first = entries.find(TailEntry::number, number);
        for (int i = first; i < size() && i - first < max; i++) {
            some.add(entries.get(i));
        }
    }

    int size() {
        return entries.size();
    }

    long bytes() {
        return bytes;
    }

    private void evict() {
        TailEntry entry = entries.remove();
        Partition partition = partitions.get(entry.partition());
        partition.entries.remove();
        bytes -= entry.bytes();
        partition.earliest = entry.offset() + 1;
        partition.whole = Math.max(partition.whole, entry.appended() + 1);
        index.ifPresent(of -> of.remove(entry));
    }
}
