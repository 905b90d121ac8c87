// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Everything that was ever committed to the topics, read by a plain consumer from their beginnings. Used by one thread. */
final class Committed implements AutoCloseable {

    /** The topics of streams, and the names of their records' events. */
    static final Map<String, String> EVENTS =
            new TreeMap<>(Map.of("alerts", "alert", "window-results", "window", "word-counts", "word"));

    /** A committed record; {@code topicId} tells one life of the topic from the next. */
    record Found(String topic, String topicId, int partition, long offset, long appended, Row row) {}

    private final Admin admin;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, String> topicIds = new HashMap<>();
    private final List<Found> all = new ArrayList<>();
    private List<TopicPartition> partitions = List.of();

    Committed(String bootstrapServers) {
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "none",
                        "fetch.max.wait.ms",
                        20,
                        "allow.auto.create.topics",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Begins with the topics as they are now; what was read of earlier lives of them stays. */
    void begin() {
        topicIds.clear();
        partitions = new ArrayList<>();
        try {
            for (TopicDescription topic :
                    admin.describeTopics(EVENTS.keySet()).allTopicNames().get().values()) {
                topicIds.put(topic.name(), topic.topicId().toString());
                IntStream.range(0, topic.partitions().size())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                        .forEach(partitions::add);
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        consumer.unsubscribe();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Goes on with topics of which some were made anew, the others where they were. */
    void beginAnew(String topic) {
        Map<TopicPartition, Long> before = new HashMap<>();
        partitions.stream()
                .filter(partition -> !partition.topic().equals(topic))
                .forEach(partition -> before.put(partition, consumer.position(partition)));
        begin();
        before.forEach(consumer::seek);
    }

    /** Reads what is there; the records that are new. */
    List<Found> poll() {
        List<Found> more = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(20))) {
            more.add(new Found(
                    found.topic(),
                    topicIds.get(found.topic()),
                    found.partition(),
                    found.offset(),
                    found.timestamp(),
                    Row.of(EVENTS.get(found.topic()), new String(found.value(), StandardCharsets.UTF_8))));
        }
        all.addAll(more);
        return more;
    }

    /** Whether everything that is committed by now has been read. */
    boolean reached() {
        return consumer.endOffsets(partitions).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** The last record of each partition of each life of a topic; who has seen these has seen all before them. */
    static List<Found> ends(List<Found> found) {
        return List.copyOf(found.stream()
                .collect(Collectors.toMap(
                        record -> List.of(record.topic(), record.topicId(), record.partition()),
                        Function.identity(),
                        BinaryOperator.maxBy(Comparator.comparingLong(Found::offset))))
                .values());
    }

    /** Everything that was read so far. */
    List<Found> all() {
        return all;
    }

    /** A topic's id, as of the last {@link #begin}. */
    String topicId(String topic) {
        return topicIds.get(topic);
    }

    Admin admin() {
        return admin;
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
    }
}
