// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.TopicLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Collects the last records of a topic before they become its part of the {@link Tail}. Each partition has an equal share of the entries and
 * bytes, so that no partition evicts another one; the entries are merged by append time.
 */
final class TailLoad {

    private final TopicLayout topic;
    private final int entryShare;
    private final long byteShare;
    private final List<Deque<TailEntry>> partitions = new ArrayList<>();
    private final long[] bytes;
    private final long[] earliest;
    private final long[] positions;
    private final long[] since;
    private final long reached;

    /**
     * @param since per partition, the offset of the first record that was appended at {@code reached} or later
     * @param reached append time in ms since 1970; older records are not loaded
     */
    TailLoad(TopicLayout topic, long[] since, long reached, TopicRetention retention) {
        this.topic = topic;
        this.since = since.clone();
        this.reached = reached;
        this.entryShare = Math.max(1, retention.maxEntries() / topic.partitions());
        this.byteShare = Math.max(1, retention.maxBytes() / topic.partitions());
        this.bytes = new long[topic.partitions()];
        this.earliest = new long[topic.partitions()];
        for (int partition = 0; partition < topic.partitions(); partition++) {
            partitions.add(new ArrayDeque<>());
            earliest[partition] = LongStream.of(
                            topic.beginnings()[partition], topic.ends()[partition] - entryShare, since[partition])
                    .max()
                    .orElseThrow();
        }
        this.positions = earliest.clone();
    }

    /** The offsets to start at: of records that are young enough, and at most a partition's share of entries before its end. */
    long[] starts() {
        return earliest.clone();
    }

    /** Advances past a record, and keeps its entry if it was decoded to one. */
    void append(int partition, long offset, Optional<TailEntry> found) {
        positions[partition] = offset + 1;
        found.ifPresent(this::add);
    }

    private void add(TailEntry entry) {
        int partition = entry.partition();
        Deque<TailEntry> kept = partitions.get(partition);
        kept.addLast(entry);
        bytes[partition] += entry.bytes();
        while (kept.size() > entryShare || bytes[partition] > byteShare) {
            TailEntry oldest = kept.removeFirst();
            bytes[partition] -= oldest.bytes();
            earliest[partition] = oldest.offset() + 1;
        }
    }

    private long whole(int partition) {
        if (earliest[partition] == 0) {
            return TopicBuffer.COMPLETE;
        }
        return earliest[partition] == since[partition] ? reached : TopicBuffer.UNKNOWN;
    }

    void openInto(Tail tail) {
        PriorityQueue<Deque<TailEntry>> heads = new PriorityQueue<>(Comparator.comparingLong(
                (Deque<TailEntry> kept) -> kept.getFirst().appended()));
        partitions.stream().filter(kept -> !kept.isEmpty()).forEach(heads::add);
        List<TailEntry> merged = new ArrayList<>();
        while (!heads.isEmpty()) {
            Deque<TailEntry> oldest = heads.remove();
            merged.add(oldest.removeFirst());
            if (!oldest.isEmpty()) {
                heads.add(oldest);
            }
        }
        long[] whole =
                IntStream.range(0, earliest.length).mapToLong(this::whole).toArray();
        tail.open(topic, earliest, positions, whole, merged);
    }
}
