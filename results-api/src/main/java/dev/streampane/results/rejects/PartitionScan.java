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
 * One partition of a list, read part by part towards older or newer records; what was found waits here until it is its turn.
 *
 * <p>Kafka reads forward only. Towards older records a stretch of offsets is read whose length grows while it comes in one part, and
 * shrinks when the part ends before the stretch does.
 */
final class PartitionScan {

    /** As many records as a consumer gives at once. */
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
     * @param keep most records that wait; more are read again when it is their turn
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

    /** The record whose turn is next; null when none waits. */
    Reject head() {
        return found.peekFirst();
    }

    Reject take() {
        return found.removeFirst();
    }

    void putBack(Reject reject) {
        found.addFirst(reject);
    }

    /** Whether it is not known which record is next. */
    boolean mustRead() {
        return found.isEmpty() && low < high;
    }

    /** How far it has been read: what is still unread was appended then or beyond. Nothing before the first record. */
    Optional<Instant> reached() {
        return reached;
    }

    /** Where the next part begins. */
    long readFrom() {
        return ascending ? low : Math.max(low, high - stretch);
    }

    /** Behind the last offset that is still to be read. */
    long high() {
        return high;
    }

    /** What neither was taken nor is known not to match. */
    Range rest() {
        if (ascending) {
            return new Range(found.isEmpty() ? low : found.peekFirst().offset(), high);
        }
        return new Range(low, found.isEmpty() ? high : found.peekFirst().offset() + 1);
    }

    /** Takes the part that begins at {@link #readFrom}; {@code item} gives nothing for records that the list leaves out. */
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
