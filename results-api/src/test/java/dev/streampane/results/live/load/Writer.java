// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.load;

import dev.streampane.results.Log;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes {@link Marked} results to the log, numbered from 0 on; without transactions, whose commits would be measured, too. */
final class Writer implements AutoCloseable {

    private static final String TOPIC = "window-results";

    private final KafkaProducer<byte[], byte[]> producer;
    private final Latencies latencies;
    private int next;

    Writer(String bootstrapServers, Latencies latencies) {
        this.latencies = latencies;
        this.producer = Log.producer(Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0));
    }

    /** Number of the next result. */
    int next() {
        return next;
    }

    /** Writes so many results at once, each longer by {@code padding} bytes, and waits until the log has them. */
    void burst(int n, int padding) {
        for (int i = 0; i < n; i++) {
            write(padding);
        }
        producer.flush();
    }

    /** Writes so many results, {@code perSecond} of them at even distances. */
    void pace(int n, int perSecond) {
        long begin = System.nanoTime();
        for (int i = 0; i < n; i++) {
            long due = begin + TimeUnit.SECONDS.toNanos(1) * i / perSecond;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            write(0);
        }
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }

    private void write(int padding) {
        int number = next++;
        byte[] key = Marked.key(number).getBytes(StandardCharsets.UTF_8);
        byte[] result = Marked.result(number, padding).getBytes(StandardCharsets.UTF_8);
        latencies.written(number, System.nanoTime());
        producer.send(new ProducerRecord<>(TOPIC, key, result));
    }
}
