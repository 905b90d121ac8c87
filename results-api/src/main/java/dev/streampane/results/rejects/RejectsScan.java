// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.LogReaders.Chunk;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads one page: merges the partitions by append time, then by partition and offset, independent of the order of the reads.
 *
 * <p>A record is listed only if the next record of each partition is known, or known to come later in the list. Of the partitions whose
 * next record is unknown, the one that was read least far is read next. All partitions are thus read about equally far, and if a limit ends
 * the scan, everything before {@link Page#scannedTo} has been listed. Not thread-safe.
 */
final class RejectsScan {

    private static final int PART_BYTES = 1 << 20;
    private static final int MAX_WAITING = 2_000;

    /**
     * Limits of a scan: records and bytes that it reads, matching or not, and time. Records and bytes may exceed them until the list has
     * made progress.
     */
    record Bounds(int records, long bytes, Duration time) {}

    /**
     * A page.
     *
     * @param items the records
     * @param rest where the list continues; empty at its end
     * @param scannedTo everything appended before this time (newest first: after it) has been listed; empty at the end of the list, or if
     *     not even the beginning of each partition has been read
     */
    record Page(List<Reject> items, RejectsPlace rest, Optional<Instant> scannedTo) {}

    private final LogReaders readers;
    private final String topic;
    private final RejectsPlace place;
    private final boolean ascending;
    private final int limit;
    private final Bounds bounds;
    private final Function<ConsumerRecord<byte[], byte[]>, Optional<Reject>> item;
    private final List<PartitionScan> partitions;
    private final List<Reject> taken = new ArrayList<>();
    private final long started = System.nanoTime();
    private long records;
    private long bytes;
    private boolean bounded;

    RejectsScan(
            LogReaders readers,
            String topic,
            RejectsPlace place,
            boolean ascending,
            int limit,
            Bounds bounds,
            Function<ConsumerRecord<byte[], byte[]>, Optional<Reject>> item) {
        this.readers = readers;
        this.topic = topic;
        this.place = place;
        this.ascending = ascending;
        this.limit = limit;
        this.bounds = bounds;
        this.item = item;
        int count = place.ranges().size();
        int keep = Math.min(limit + 1, Math.max(8, MAX_WAITING / Math.max(1, count)));
        this.partitions = IntStream.range(0, count)
                .mapToObj(n -> new PartitionScan(n, place.ranges().get(n), ascending, keep))
                .toList();
    }

    /** The page. Fails with {@link TimeoutException} if the time is over before the list has made progress. */
    Uni<Page> page() {
        return Multi.createBy()
                .repeating()
                .uni(this::step)
                .whilst(more -> more)
                .collect()
                .last()
                .map(over -> found());
    }

    /** Takes the records whose order is certain and reads one more chunk; false if the page is done. */
    private Uni<Boolean> step() {
        Optional<PartitionScan> unknown = merge();
        if (taken.size() > limit || unknown.isEmpty()) {
            return Uni.createFrom().item(false);
        }
        Duration left = bounds.time().minusNanos(System.nanoTime() - started);
        if (left.isNegative() || left.isZero()) {
            return timedOut(new TimeoutException());
        }
        if ((records >= bounds.records() || bytes >= bounds.bytes()) && hasProgressed()) {
            bounded = true;
            return Uni.createFrom().item(false);
        }
        return read(unknown.get(), left).onFailure(TimeoutException.class).recoverWithUni(this::timedOut);
    }

    private Uni<Boolean> timedOut(Throwable timeout) {
        bounded = true;
        return hasProgressed() ? Uni.createFrom().item(false) : Uni.createFrom().failure(timeout);
    }

    /** Whether the next page would begin elsewhere. Clients would request a page without progress again and again. */
    private boolean hasProgressed() {
        return !taken.isEmpty()
                || partitions.stream()
                        .anyMatch(one -> !one.rest().equals(place.ranges().get(one.partition())));
    }

    /** Reads one chunk. The reader is held only for the read; the records are processed on another thread. */
    private Uni<Boolean> read(PartitionScan partition, Duration left) {
        long from = partition.readFrom();
        return readers.read(topic, partition.partition(), from, partition.high(), PART_BYTES)
                .emitOn(Infrastructure.getDefaultExecutor())
                .ifNoItem()
                .after(left)
                .fail()
                .map(part -> {
                    count(part);
                    partition.add(from, part, item);
                    return true;
                });
    }

    /** Counts what was read; a chunk without records counts as one record, so that every scan ends. */
    private void count(Chunk part) {
        records += Math.max(1, part.records().size());
        for (ConsumerRecord<byte[], byte[]> one : part.records()) {
            bytes += Math.max(0, one.serializedKeySize()) + Math.max(0, one.serializedValueSize());
        }
    }

    /** Takes records until the page is full or a partition must be read first; returns that partition, else empty. */
    private Optional<PartitionScan> merge() {
        while (taken.size() <= limit) {
            Optional<PartitionScan> unknown = leastRead();
            Optional<PartitionScan> next = partitions.stream()
                    .filter(partition -> partition.head() != null)
                    .min(Comparator.comparing(partition -> partition.head().appended(), byTime()));
            if (next.isEmpty() || unknown.isPresent() && !isBefore(next.get(), unknown.get())) {
                return unknown;
            }
            taken.add(next.get().take());
        }
        return Optional.empty();
    }

    /** The partition that was read least far among those whose next record is unknown; one of which nothing was read comes first. */
    private Optional<PartitionScan> leastRead() {
        return partitions.stream()
                .filter(PartitionScan::mustRead)
                .min(Comparator.comparing(
                        partition -> partition.reached().orElse(null), Comparator.nullsFirst(byTime())));
    }

    private boolean isBefore(PartitionScan next, PartitionScan unknown) {
        return unknown.reached()
                .map(reached -> byTime().compare(next.head().appended(), reached) < 0)
                .orElse(false);
    }

    private Comparator<Instant> byTime() {
        return ascending ? Comparator.naturalOrder() : Comparator.reverseOrder();
    }

    private Page found() {
        Optional<Instant> scannedTo = Optional.empty();
        if (taken.size() > limit) {
            Reject next = taken.remove(limit);
            partitions.get(next.partition()).putBack(next);
            scannedTo = Optional.of(taken.get(limit - 1).appended());
        } else if (bounded) {
            scannedTo = leastRead().flatMap(PartitionScan::reached);
        }
        RejectsPlace rest = new RejectsPlace(
                place.topicId(), partitions.stream().map(PartitionScan::rest).toList());
        return new Page(List.copyOf(taken), rest, scannedTo);
    }
}
