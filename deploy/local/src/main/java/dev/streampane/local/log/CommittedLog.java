// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.streampane.contract.Json;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One topic from its first record on, as a {@code read_committed} reader sees it. Not thread-safe.
 *
 * <p>{@link #readToEnd} goes up to the last stable offset of the moment of the call; called again,
 * it goes on where it stopped.
 */
public final class CommittedLog implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** A consumer at the end of its topic has a fetch under way, which {@code seek} and {@code close} wait for: 500 ms by default. */
    private static final int FETCH_MAX_WAIT_MS = 20;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Map<TopicPartition, Long> starts;
    private final Map<TopicPartition, Long> highWatermarks;

    /** Opens {@code topic}; a topic that does not exist reads as an empty one. */
    public CommittedLog(Admin admin, String bootstrapServers, String topic) {
        this(admin, Topics.client(bootstrapServers), topic);
    }

    /** The same by the settings of a client. */
    public CommittedLog(Admin admin, Map<String, Object> client, String topic) {
        consumer = consumer(client, "read_committed");
        partitions = Topics.find(admin, topic).map(Topics::partitions).orElse(List.of());
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

    /** A reader of all partitions of a topic, at their starts. */
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

    /** All records of a topic up to now, in the order of each partition. */
    public static List<ConsumerRecord<byte[], byte[]>> all(String bootstrapServers, String topic, String isolation) {
        try (var reader = reader(bootstrapServers, topic, isolation)) {
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            readTo(reader, reader.endOffsets(reader.assignment()), records::add);
            return records;
        }
    }

    /** What a record says; missing where it is no JSON, as one of somebody else. */
    public static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() == null ? MissingNode.getInstance() : Json.read(record.value());
        } catch (UncheckedIOException ofSomebodyElse) {
            return MissingNode.getInstance();
        }
    }

    /** Hands over what has come since the last call, in each partition's order. */
    public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        readTo(consumer, consumer.endOffsets(partitions), reader);
    }

    /** Up to where each partition can be read at this moment. */
    Map<TopicPartition, Long> ends() {
        return consumer.endOffsets(partitions);
    }

    /** Some records of a partition, those that come next; none when it has been read up to {@code end}. */
    List<ConsumerRecord<byte[], byte[]>> next(TopicPartition partition, long end) {
        consumer.pause(partitions);
        consumer.resume(List.of(partition));
        List<ConsumerRecord<byte[], byte[]>> next = new ArrayList<>();
        readTo(consumer, Map.of(partition, end), next::add, next::isEmpty);
        return next;
    }

    /**
     * Hands over what an assigned consumer has to read below some offsets.
     *
     * @throws TimeoutException when no record, and no end of one, comes for a minute
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

    /** Whether retention has removed records from the front. */
    public boolean expired() {
        return !expiredPartitions().isEmpty();
    }

    /** Those from whose front retention has removed records. */
    Set<TopicPartition> expiredPartitions() {
        return starts.keySet().stream()
                .filter(partition -> starts.get(partition) > 0)
                .collect(Collectors.toSet());
    }

    /** Whether a transaction that was open when this log was opened still holds readers back. */
    public boolean heldBack() {
        return partitions.stream().anyMatch(p -> consumer.position(p) < highWatermarks.get(p));
    }

    /** First offset still there per partition. */
    public Map<Integer, Long> starts() {
        return starts.entrySet().stream()
                .collect(Collectors.toMap(e -> e.getKey().partition(), Map.Entry::getValue));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
