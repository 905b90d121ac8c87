// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.log;

import dev.streampane.local.server.Patience;
import dev.streampane.local.server.SharedKafka;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Writes topics as the jobs would, for tests that read them: an extension of the test class, on the shared broker without
 * topics.
 */
public final class Journal implements BeforeAllCallback, AfterAllCallback {

    private String bootstrapServers;
    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;

    @Override
    public void beforeAll(ExtensionContext context) {
        bootstrapServers = SharedKafka.empty().bootstrapServers();
        admin = Topics.admin(bootstrapServers);
        producer = producer(Map.of());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        producer.close();
        admin.close();
    }

    /** Of the broker. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Makes topics; returns when the broker has heard of them from the controller, which may have had others of those names. */
    public void create(Collection<String> topics, int partitions) {
        var created = admin.createTopics(topics.stream()
                .map(topic -> new NewTopic(topic, partitions, (short) 1))
                .toList());
        for (String topic : topics) {
            Uuid id = Topics.get(created.topicId(topic));
            Patience.await().until(() -> Topics.find(admin, topic)
                    .filter(found -> found.topicId().equals(id))
                    .isPresent());
        }
    }

    /** Adds partitions to a topic. */
    public void grow(String topic, int partitions) {
        Topics.get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all());
        Patience.await().until(() -> Topics.find(admin, topic)
                .filter(found -> found.partitions().size() == partitions)
                .isPresent());
    }

    public void delete(Collection<String> topics) {
        Topics.get(admin.deleteTopics(topics).all());
    }

    /** Deletes the records of the first partition below an offset, as retention does. */
    public void expire(String topic, long offset) {
        Topics.get(admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
                .all());
    }

    /** The topic's id. */
    public String id(String topic) {
        return Topics.find(admin, topic).orElseThrow().topicId().toString();
    }

    public void write(String topic, String key, String value) {
        write(topic, 0, key, value, Map.of());
    }

    public void write(String topic, int partition, String key, String value, Map<String, String> headers) {
        try {
            producer.send(record(topic, partition, key, value, headers)).get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public static ProducerRecord<byte[], byte[]> record(
            String topic, int partition, String key, String value, Map<String, String> headers) {
        List<Header> all = headers.entrySet().stream()
                .<Header>map(h -> new RecordHeader(h.getKey(), bytes(h.getValue())))
                .toList();
        return new ProducerRecord<>(topic, partition, bytes(key), bytes(value), all);
    }

    /** A producer in a transaction that the caller ends, or leaves open. */
    public KafkaProducer<byte[], byte[]> transaction(String transactionalId) {
        KafkaProducer<byte[], byte[]> transactional =
                producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId));
        transactional.initTransactions();
        transactional.beginTransaction();
        return transactional;
    }

    /** Waits until readers get all that was committed: a commit is answered before its markers are in the partitions. */
    public void awaitMarkers(String topic) {
        try (var reader = CommittedLog.reader(bootstrapServers, topic, "read_committed")) {
            Patience.await()
                    .until(() -> reader.endOffsets(reader.assignment()).equals(Topics.ends(admin, List.of(topic))));
        }
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new java.util.HashMap<>(more);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0); // who writes a record waits for it
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
