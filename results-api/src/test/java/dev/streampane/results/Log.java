// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.local.server.Patience.await;
import static org.awaitility.pollinterval.FibonacciPollInterval.fibonacci;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to topics in transactions, as the jobs do. It has a producer from its first transaction on. */
public final class Log implements AutoCloseable {

    private static final Set<TransactionState> ENDED =
            Set.of(TransactionState.EMPTY, TransactionState.COMPLETE_COMMIT, TransactionState.COMPLETE_ABORT);

    private final String id = "test-" + UUID.randomUUID();
    private final String bootstrapServers;
    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;

    public Log(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** A producer of bytes. */
    public static KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void open() {
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        producer = producer(Map.of("bootstrap.servers", bootstrapServers, "transactional.id", id, "linger.ms", 0));
        producer.initTransactions();
    }

    /** Begins a transaction. */
    public Log begin() {
        if (producer == null) {
            open();
        }
        producer.beginTransaction();
        return this;
    }

    /** Adds a record to the transaction; {@code partition} null for the key's own, {@code value} null for none. */
    public Log add(String topic, Integer partition, String key, String value) {
        return add(new ProducerRecord<>(topic, partition, bytes(key), bytes(value)));
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

    /** Commits the transaction; whoever reads what is committed gets it from then on. */
    public Log commit() {
        producer.commitTransaction();
        return awaitMarkers();
    }

    /** Aborts the transaction; it holds back no reader from then on. */
    public Log abort() {
        producer.flush();
        producer.abortTransaction();
        return awaitMarkers();
    }

    /** The coordinator answers a commit before the partitions have their markers. */
    private Log awaitMarkers() {
        await().pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(fibonacci())
                .until(() -> ENDED.contains(admin.describeTransactions(List.of(id))
                        .description(id)
                        .get()
                        .state()));
        return this;
    }

    /** One record in a transaction of its own. */
    public Log put(String topic, Integer partition, String key, String value) {
        return begin().add(topic, partition, key, value).commit();
    }

    /** One record in a transaction of its own; where it lies, and when it was appended. */
    public RecordMetadata place(String topic, Integer partition, String key, String value) {
        begin();
        Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value)));
        commit();
        try {
            return sent.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ofMinutes(1)); // a broker that is away would hold it for good
            admin.close();
        }
    }
}
