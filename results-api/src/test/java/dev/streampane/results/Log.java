// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to topics in transactions, as the jobs do. */
public final class Log implements AutoCloseable {

    private final String id = "test-" + UUID.randomUUID();
    private final KafkaProducer<byte[], byte[]> producer;

    public Log(String bootstrapServers) {
        producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                                id,
                                ProducerConfig.LINGER_MS_CONFIG,
                                0),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        producer.initTransactions();
    }

    /** Begins a transaction. */
    public Log begin() {
        producer.beginTransaction();
        return this;
    }

    /** Adds a record to the transaction; {@code partition} null for the key's own. */
    public Log add(String topic, Integer partition, String key, byte[] value) {
        producer.send(
                new ProducerRecord<>(
                        topic,
                        partition,
                        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                        value));
        return this;
    }

    /** Adds a record with headers to the transaction. */
    public Log add(ProducerRecord<byte[], byte[]> one) {
        producer.send(one);
        return this;
    }

    /** Waits until the broker has what was added. */
    public Log flush() {
        producer.flush();
        return this;
    }

    /** The transactional id. */
    public String id() {
        return id;
    }

    /** Commits the transaction. */
    public Log commit() {
        producer.commitTransaction();
        return this;
    }

    /** Aborts the transaction. */
    public Log abort() {
        producer.flush();
        producer.abortTransaction();
        return this;
    }

    /** One record in a transaction of its own. */
    public Log put(String topic, Integer partition, String key, String value) {
        return begin().add(topic, partition, key, value.getBytes(StandardCharsets.UTF_8)).commit();
    }

    /** One record in a transaction of its own; where it lies, and when it was appended. */
    public RecordMetadata place(String topic, Integer partition, String key, String value) {
        begin();
        Future<RecordMetadata> sent =
                producer.send(
                        new ProducerRecord<>(
                                topic,
                                partition,
                                key.getBytes(StandardCharsets.UTF_8),
                                value.getBytes(StandardCharsets.UTF_8)));
        commit();
        try {
            return sent.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
