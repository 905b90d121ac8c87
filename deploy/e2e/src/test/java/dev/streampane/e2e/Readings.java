// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Readings of single devices, whose windows close at once. */
final class Readings implements AutoCloseable {

    private static final int PARTITIONS = 4;
    private static final Duration STEP = Duration.ofHours(1);

    private final KafkaProducer<byte[], byte[]> producer;
    private Instant eventTime;

    /**
     * @param begin event time of the first readings; behind all that was published before
     */
    Readings(String bootstrapServers, Instant begin) {
        this.producer = KafkaUser.producer(Map.of("bootstrap.servers", bootstrapServers));
        this.eventTime = begin;
    }

    /** A reading of each device, and then time that closes their window. */
    synchronized void publish(List<String> devices) {
        open(devices);
        close(STEP);
    }

    /** A reading of each device, whose window stays open. */
    void open(List<String> devices) {
        devices.forEach(device -> send(device, eventTime));
        producer.flush();
    }

    /**
     * Readings of one device, so far apart, and then time that closes their windows.
     *
     * @return event time of the first
     */
    Instant publish(String device, int readings, Duration apart) {
        Instant first = eventTime;
        for (int i = 0; i < readings; i++) {
            send(device, first.plus(apart.multipliedBy(i)));
        }
        close(apart.multipliedBy(readings).plus(STEP));
        return first;
    }

    private void send(String device, Instant at) {
        String reading = "{\"device\":\"%s\",\"ts\":\"%s\",\"temperature\":20.5,\"humidity\":50}"
                .formatted(device.replace("\"", "\\\""), at);
        producer.send(new ProducerRecord<>(
                Feed.READINGS.topic(), Math.floorMod(device.hashCode(), PARTITIONS), bytes(device), bytes(reading)));
    }

    private void close(Duration step) {
        eventTime = eventTime.plus(step);
        beat(producer, Feed.READINGS.topic(), eventTime);
    }

    /** Says that time has come so far in every partition of a topic. */
    static void beat(KafkaProducer<byte[], byte[]> producer, String topic, Instant time) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            var beat = new ProducerRecord<byte[], byte[]>(topic, partition, null, bytes("{\"ts\":\"" + time + "\"}"));
            beat.headers().add("kind", bytes("heartbeat"));
            producer.send(beat);
        }
        producer.flush();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
