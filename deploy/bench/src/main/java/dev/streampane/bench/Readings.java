// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Readings of 95 bytes, one device after another, a millisecond of event time apart, and what they add up to per device and minute.
 *
 * <p>They end with the last whole minute; one more per partition, two minutes later, closes its windows.
 */
final class Readings {

    static final String TOPIC = "device-readings";
    static final int PARTITIONS = 4;
    static final long START = Instant.parse("2026-11-20T06:00:00Z").toEpochMilli();
    static final long WINDOW = Duration.ofMinutes(1).toMillis();

    private static final long SEED = 20_261_120;

    private final int devices;
    private final int windows;
    private final Digest digest = new Digest();
    private volatile Exception failure;

    /**
     * Readings for a number of whole minutes.
     *
     * @param records at least that many, rounded up to a minute
     */
    Readings(long records, int devices) {
        this.devices = devices;
        this.windows = Math.toIntExact((records + WINDOW - 1) / WINDOW);
    }

    int windows() {
        return windows;
    }

    long records() {
        return windows * WINDOW;
    }

    long results() {
        return (long) windows * Math.min(devices, WINDOW);
    }

    /** What the right results are, after {@link #write}. */
    Digest digest() {
        return digest;
    }

    /** Writes all of them. */
    void write(String bootstrapServers) {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "compression.type",
                        "lz4",
                        "batch.size",
                        65_536,
                        "linger.ms",
                        20,
                        "delivery.timeout.ms",
                        600_000);
        var random = new Random(SEED);
        var micros = new long[2][devices];
        var counts = new long[devices];
        try (var producer =
                new KafkaProducer<>(
                        settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int window = 0; window < windows; window++) {
                long start = START + window * WINDOW;
                for (long i = 0; i < WINDOW; i++) {
                    int device = (int) ((window * WINDOW + i) % devices);
                    long temperature = 10_000_000 + random.nextInt(200_000) * 100L;
                    long humidity = 10_000_000 + random.nextInt(800_000) * 100L;
                    counts[device]++;
                    micros[0][device] += temperature;
                    micros[1][device] += humidity;
                    send(producer, device, start + i, temperature, humidity);
                }
                for (int device = 0; device < devices; device++) {
                    digest.add(
                            name(device),
                            start,
                            counts[device],
                            micros[0][device],
                            micros[1][device]);
                    counts[device] = micros[0][device] = micros[1][device] = 0;
                }
            }
            for (int partition = 0; partition < PARTITIONS; partition++) {
                send(producer, partition, START + (windows + 2) * WINDOW, 0, 0);
            }
        }
        if (failure != null) {
            throw new IllegalStateException("not all readings were written", failure);
        }
    }

    private void send(
            KafkaProducer<byte[], byte[]> producer,
            int device,
            long time,
            long temperature,
            long humidity) {
        if (failure != null) {
            throw new IllegalStateException("not all readings were written", failure);
        }
        String name = name(device);
        String value =
                "{\"device\":\""
                        + name
                        + "\",\"ts\":\""
                        + Times.text(time)
                        + "\",\"temperature\":"
                        + decimal(temperature)
                        + ",\"humidity\":"
                        + decimal(humidity)
                        + '}';
        producer.send(
                new ProducerRecord<>(
                        TOPIC,
                        device % PARTITIONS,
                        name.getBytes(US_ASCII),
                        value.getBytes(US_ASCII)),
                (written, e) -> failure = e == null ? failure : e);
    }

    private static String name(int device) {
        return "device" + device;
    }

    /** Four decimals. */
    private static String decimal(long micros) {
        String fraction = String.valueOf(10_000 + micros / 100 % 10_000);
        return micros / 1_000_000 + "." + fraction.substring(1);
    }

    /** Instants as text, the date and minute made once. */
    private static final class Times {
        private static long minute = -1;
        private static String prefix;

        static String text(long time) {
            if (time / 60_000 != minute) {
                minute = time / 60_000;
                prefix = Instant.ofEpochMilli(minute * 60_000).toString().substring(0, 17);
            }
            int millis = (int) (time % 60_000);
            return prefix
                    + String.valueOf(100 + millis / 1000).substring(1)
                    + '.'
                    + String.valueOf(1000 + millis % 1000).substring(1)
                    + 'Z';
        }
    }
}
