// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.contract.Output;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes dead letters from inside a sink, at least once: each is acknowledged by all replicas before its future completes. Idempotent,
 * without transactions, so that a letter is visible at once. The producer is created for the first letter, and again after a letter failed:
 * if the brokers refuse a producer's user while it requests its id, it never gets an id and writes nothing any more.
 *
 * <p>Not thread-safe. {@link #send} blocks for at most 5 s if the brokers are not available, and after a failure for up to 10 s more, until
 * the previous producer has closed.
 */
public final class DeadLetterProducer implements AutoCloseable {

    private static final int LARGEST_BYTES = 16 << 20;

    private final Properties properties = new Properties();
    private final String topic;
    private KafkaProducer<byte[], byte[]> producer;

    /** Whether a letter of the producer has failed; set by the producer's thread. */
    private volatile boolean failed;

    /**
     * @param kafka brokers and other properties of the connection
     */
    public DeadLetterProducer(Properties kafka, String topic) {
        this.topic = topic;
        properties.putAll(kafka);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LARGEST_BYTES));
        properties.remove(ProducerConfig.BUFFER_MEMORY_CONFIG);
    }

    /** Sends a letter. The future completes when the letter is stored, and exceptionally when it may not be stored and should be sent again. */
    public CompletableFuture<Void> send(Output letter) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try {
            producer().send(KafkaSinks.record(topic, letter), (metadata, failure) -> {
                if (failure == null) {
                    sent.complete(null);
                } else {
                    failed = true;
                    sent.completeExceptionally(failure);
                }
            });
        } catch (KafkaException e) {
            sent.completeExceptionally(e);
        }
        return sent;
    }

    /** Gives up letters that are not acknowledged yet. */
    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        if (failed) {
            close(); // waits for its thread: no letter of it fails after this
            producer = null;
            failed = false;
        }
        if (producer == null) {
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }
}
