// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.TopicLayout;
import dev.streampane.results.log.TopicPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The entries of one topic in a {@link Tail}: a ring buffer that grows up to the limits of its retention. Guarded by the tail: methods that do
 * not lock it are called by the tail only, but for {@link #loaded}.
 */
final class TopicBuffer {

    /** Every record of the partition is in the buffer. */
    static final long COMPLETE = Long.MIN_VALUE;

    /** Not known: no entry of the partition has been added. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final Tail tail;
    private final TopicRetention retention;
    private final Optional<TailIndex> index;
    private final Ring<TailEntry> entries = new Ring<>();
    private final List<Partition> partitions = new ArrayList<>();
    private long bytes;
    private volatile String topicId;
    private long firstAppended = Long.MAX_VALUE;

    /** A partition, whose records with {@code earliest <= offset < position} are in the buffer. */
    static final class Partition {
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

        long earliest() {
            return earliest;
        }

        /** The offset behind the last record. */
        long position() {
            return position;
        }

        /** The offset below which everything was read; it may lie behind {@link #position}. */
        long reached() {
            return Math.max(position, reached);
        }
    }

    TopicBuffer(Tail tail, TopicRetention retention, Optional<TailIndex> index) {
        this.tail = tail;
        this.retention = retention;
        this.index = index;
    }

    String name() {
        return retention.name();
    }

    TailEntry.Kind kind() {
        return retention.kind();
    }

    /** Whether the topic has been read to its end once; may be called by any thread. */
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

    /** Advances past a record that is no entry. */
    void pass(int number, long offset) {
        partitions.get(number).position = offset + 1;
    }

    /** Notes that everything below these offsets was read; true when that advances a partition. */
    boolean reached(long[] offsets) {
        boolean more = false;
        synchronized (tail) {
            for (int number = 0; number < Math.min(partitions.size(), offsets.length); number++) {
                Partition partition = partitions.get(number);
                more |= offsets[number] > partition.reached;
                partition.reached = Math.max(partition.reached, offsets[number]);
            }
        }
        return more;
    }

    /** Adds the next entry of its partition. */
    void add(TailEntry entry) {
        long oldest = entry.appended() - retention.maxAge().toMillis();
        long size = entry.bytes();
        while (entries.size() > 0
                && (entries.size() == retention.maxEntries()
                        || bytes + size > retention.maxBytes()
                        || entries.get(0).appended() < oldest)) {
            evict();
        }
        Partition partition = partitions.get(entry.partition());
        partition.position = Math.max(partition.position, entry.offset() + 1);
        entries.add(entry);
        partition.entries.add(entry);
        bytes += size;
        firstAppended = Math.min(firstAppended, entry.appended());
        if (partition.whole == UNKNOWN) {
            partition.whole = entry.appended() + 1;
        }
        index.ifPresent(of -> of.add(entry));
    }

    /**
     * The offsets from which the follower reads on; empty when the topic has another id or fewer partitions, or no longer has one of the offsets.
     * Added partitions are read from their beginning.
     */
    Optional<long[]> readOn(TopicLayout topic) {
        synchronized (tail) {
            if (!topic.topicId().equals(topicId) || topic.partitions() < partitions()) {
                return Optional.empty();
            }
            long[] offsets = place(Partition::reached).offsets();
            for (int number = 0; number < partitions(); number++) {
                if (offsets[number] < topic.beginnings()[number] || offsets[number] > topic.ends()[number]) {
                    return Optional.empty();
                }
            }
            for (int number = partitions(); number < topic.partitions(); number++) {
                long begin = topic.beginnings()[number];
                partitions.add(new Partition(begin, begin, begin == 0 ? COMPLETE : UNKNOWN));
            }
            return Optional.of(place(Partition::reached).offsets());
        }
    }

    /** The place of these offsets. */
    TopicPosition place(ToLongFunction<Partition> offset) {
        return new TopicPosition(
                retention.name(), topicId, partitions.stream().mapToLong(offset).toArray());
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
        if (!place(Partition::reached).reaches(whole)) {
            return Reach.AHEAD;
        }
        return whole.reaches(place(Partition::earliest)) ? Reach.HELD : Reach.OLDER;
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

    /** Number of entries. */
    int size() {
        synchronized (tail) {
            return entries.size();
        }
    }

    /** Approximate heap of the entries, in bytes. */
    long bytes() {
        synchronized (tail) {
            return bytes;
        }
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
