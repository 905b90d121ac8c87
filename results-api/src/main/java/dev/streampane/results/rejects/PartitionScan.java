// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.log.LogReaders.Chunk;
import dev.streampane.results.rejects.RejectsPlace.Range;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads one partition of a list chunk by chunk, towards older or newer records. Records that were found wait here until their turn in the
 * list.
 *
 * <p>Kafka reads forward only. Towards older records, a stretch of offsets below the known ones is read. It grows while one chunk covers
 * it, and shrinks if the chunk ends before it does.
 */
final class PartitionScan {

    /** The number of records that a consumer returns at once. */
    private static final int MAX_STRETCH = 500;

    private final int partition;
    private final boolean ascending;
    private final int keep;
    private final Deque<Reject> found = new ArrayDeque<>();
    private long low;
    private long high;
    private long stretch;
    private Optional<Instant> reached = Optional.empty();

    /**
     * A scan of {@code range}.
     *
     * @param keep most records that wait; records beyond that are read again at their turn
     */
    PartitionScan(int partition, Range range, boolean ascending, int keep) {
        this.partition = partition;
        this.low = range.low();
        this.high = range.high();
        this.ascending = ascending;
        this.keep = keep;
        this.stretch = Math.min(MAX_STRETCH, Math.max(16, keep));
    }

    int partition() {
        return partition;
    }

    /** The next record that waits; null if none does. */
    Reject head() {
        return found.peekFirst();
    }

    Reject take() {
        return found.removeFirst();
    }

    void putBack(Reject reject) {
        found.addFirst(reject);
    }

    /** Whether the next record is unknown and there is more to read. */
    boolean mustRead() {
        return found.isEmpty() && low < high;
    }

    /** The append time up to which the partition has been read; unread records are at it or beyond. Empty before the first record. */
    Optional<Instant> reached() {
        return reached;
    }

    /** The first offset of the next chunk. */
    long readFrom() {
        return ascending ? low : Math.max(low, high - stretch);
    }

    /** The offset after the last one that is still to be read. */
    long high() {
        return high;
    }

    /** The offsets that were neither taken nor found not to match. */
    Range rest() {
        if (ascending) {
            return new Range(found.isEmpty() ? low : found.peekFirst().offset(), high);
        }
        return new Range(low, found.isEmpty() ? high : found.peekFirst().offset() + 1);
    }

    /** Takes the chunk that begins at {@link #readFrom}; {@code item} returns empty for records that are not in the list. */
    void add(long from, Chunk part, Function<ConsumerRecord<byte[], byte[]>, Optional<Reject>> item) {
        if (!ascending && part.next() < high) {
            stretch = Math.max(1, Math.min((high - from) / 2, part.next() - from));
            return;
        }
        long end = high;
        List<ConsumerRecord<byte[], byte[]>> records = part.records().stream()
                .filter(one -> one.offset() >= from && one.offset() < end)
                .collect(Collectors.toCollection(ArrayList::new));
        if (ascending) {
            low = Math.max(low, Math.min(high, part.next()));
        } else {
            high = from;
            stretch = Math.min(MAX_STRETCH, stretch * 2);
            Collections.reverse(records);
        }
        for (ConsumerRecord<byte[], byte[]> one : records) {
            reached = Optional.of(Instant.ofEpochMilli(one.timestamp()));
            item.apply(one).ifPresent(found::addLast);
            if (found.size() >= keep) {
                low = ascending ? one.offset() + 1 : low;
                high = ascending ? high : one.offset();
                return;
            }
        }
    }
}
