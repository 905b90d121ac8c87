// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.streampane.contract.Json;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics that hold the same kind of record, from their first records on, with {@code read_committed}. Not thread-safe.
 *
 * <p>{@link #readToEnd} reads up to the last stable offset at the time of the call; the next call
 * continues there.
 */
public final class CommittedLog implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** At the end of a topic, {@code seek} and {@code close} wait for the consumer's open fetch, which takes up to 500 ms by default. */
    private static final int FETCH_MAX_WAIT_MS = 20;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final boolean isOneTopic;
    private final Map<TopicPartition, Long> starts;
    private final Map<TopicPartition, Long> highWatermarks;

    private final Set<TopicPartition> begun = new HashSet<>();
    private long retainedFrom = Long.MIN_VALUE;

    /** Opens a topic; one that does not exist reads as an empty one. */
    public CommittedLog(Admin admin, Map<String, Object> client, String topic) {
        this(admin, client, Set.of(topic));
    }

    /** Opens several topics; those that do not exist read as empty ones. */
    public CommittedLog(Admin admin, Map<String, Object> client, Set<String> topics) {
        consumer = consumer(client, "read_committed");
        partitions = topics.stream()
                .flatMap(topic -> Topics.find(admin, topic).stream())
                .flatMap(topic -> Topics.partitions(topic).stream())
                .toList();
        isOneTopic = topics.size() == 1;
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        starts = consumer.beginningOffsets(partitions);
        highWatermarks = Topics.highWatermarks(admin, partitions);
    }

    public static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client, String isolation) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MS);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A consumer that is assigned all partitions of a topic, at their beginnings. */
    public static KafkaConsumer<byte[], byte[]> reader(String bootstrapServers, String topic, String isolation) {
        KafkaConsumer<byte[], byte[]> reader = consumer(Topics.client(bootstrapServers), isolation);
        try {
            reader.assign(reader.partitionsFor(topic).stream()
                    .map(one -> new TopicPartition(topic, one.partition()))
                    .toList());
            reader.seekToBeginning(reader.assignment());
            return reader;
        } catch (KafkaException e) {
            reader.close();
            throw e;
        }
    }

    /** The value of a record as JSON; a missing node when it is null or no JSON, as a foreign record may be. */
    public static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() == null ? MissingNode.getInstance() : Json.read(record.value());
        } catch (UncheckedIOException ofSomebodyElse) {
            return MissingNode.getInstance();
        }
    }

    /** Passes on the records since the last call, in the order of each partition; with several topics, in the order of their timestamps. */
    public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Consumer<ConsumerRecord<byte[], byte[]>> each = record -> {
            begin(record);
            reader.accept(record);
        };
        if (isOneTopic) {
            readTo(consumer, ends, each);
            return;
        }
        Queue<PartitionCursor> cursors =
                new PriorityQueue<>(Comparator.comparingLong((PartitionCursor cursor) -> cursor.next.timestamp()));
        ends.forEach((partition, end) -> offer(new PartitionCursor(partition, end), cursors));
        while (!cursors.isEmpty()) {
            PartitionCursor cursor = cursors.remove();
            each.accept(cursor.next);
            offer(cursor, cursors);
        }
    }

    private static void offer(PartitionCursor cursor, Queue<PartitionCursor> cursors) {
        if (cursor.advance()) {
            cursors.add(cursor);
        }
    }

    /** One partition that is being read to its end. */
    private final class PartitionCursor {

        private final TopicPartition partition;
        private final long end;
        private Iterator<ConsumerRecord<byte[], byte[]>> read = Collections.emptyIterator();
        private ConsumerRecord<byte[], byte[]> next;

        private PartitionCursor(TopicPartition partition, long end) {
            this.partition = partition;
            this.end = end;
        }

        /** Moves to the next record; false when there is none. */
        private boolean advance() {
            if (!read.hasNext()) {
                consumer.pause(partitions);
                consumer.resume(List.of(partition));
                List<ConsumerRecord<byte[], byte[]>> some = new ArrayList<>();
                readTo(consumer, Map.of(partition, end), some::add, some::isEmpty);
                read = some.iterator();
            }
            next = read.hasNext() ? read.next() : null;
            return next != null;
        }
    }

    private void begin(ConsumerRecord<byte[], byte[]> record) {
        if (begun.add(new TopicPartition(record.topic(), record.partition())) && expiredBefore(record)) {
            retainedFrom = Math.max(retainedFrom, record.timestamp());
        }
    }

    /**
     * Passes on the records that an assigned consumer reads until its positions reach {@code ends}; a few later ones may be among them.
     *
     * @throws TimeoutException when no position moves for a minute
     */
    public static void readTo(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> ends,
            Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        readTo(consumer, ends, reader, () -> true);
    }

    private static void readTo(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> ends,
            Consumer<ConsumerRecord<byte[], byte[]>> reader,
            BooleanSupplier wantsMore) {
        long read = -1;
        long movedAt = System.nanoTime();
        while (wantsMore.getAsBoolean()
                && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(reader);
            long now = ends.keySet().stream().mapToLong(consumer::position).sum();
            if (now != read) {
                read = now;
                movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > PATIENCE.toNanos()) {
                throw new TimeoutException(
                        "nothing of " + ends.keySet() + " could be read for " + PATIENCE.toSeconds() + " s");
            }
        }
    }

    /** Whether retention has removed records of any partition. */
    public boolean expired() {
        return starts.values().stream().anyMatch(start -> start > 0);
    }

    /** Whether this log has been read beyond an offset, even if there is no record that is passed on. */
    public boolean isRead(TopicPartition partition, long offset) {
        return partitions.contains(partition) && offset < consumer.position(partition);
    }

    /** Whether retention has removed the record at an offset. */
    public boolean isExpired(TopicPartition partition, long offset) {
        return offset < starts.getOrDefault(partition, 0L);
    }

    /** Whether retention has removed records from the front of the record's partition. */
    public boolean expiredBefore(ConsumerRecord<byte[], byte[]> record) {
        return isExpired(new TopicPartition(record.topic(), record.partition()), 0);
    }

    /**
     * The time, ms since the epoch, before which retention may have removed records: {@link Long#MIN_VALUE} when it has removed none, {@link
     * Long#MAX_VALUE} when it has left nothing of a partition. Only valid when all records have been read.
     */
    public long retainedFrom() {
        boolean allSeen = partitions.stream().allMatch(p -> begun.contains(p) || !isExpired(p, 0));
        return allSeen ? retainedFrom : Long.MAX_VALUE;
    }

    /** Whether records that were there when this log was opened could not be read yet, because of an open transaction. */
    public boolean heldBack() {
        return partitions.stream().anyMatch(p -> consumer.position(p) < highWatermarks.get(p));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
