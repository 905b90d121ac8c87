// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Readings of several keys, in the order of their times, at equal intervals.
 *
 * @param keys number of keys
 * @param every time between two readings of a key
 * @param rounds number of readings of each key
 * @param hot whether every other reading belongs to one key, so that those of the others are half as many
 */
record ScaleInput(int keys, Duration every, long rounds, boolean hot) {

    private static final long SEED = 20_261_120;

    /** The readings start 30 to 60 days ago, at a multiple of this time, so that all of them lie in the past. */
    private static final long BEFORE = Duration.ofDays(30).toMillis();

    private static final long START = (System.currentTimeMillis() - BEFORE) / BEFORE * BEFORE;

    long records() {
        return keys * rounds;
    }

    long start() {
        return START;
    }

    /** The end of the input, exclusive, in ms since the epoch. */
    long end() {
        return START + rounds * every.toMillis();
    }

    /** Number of readings before a time. */
    long recordsBefore(long time) {
        return (time - START) * keys / every.toMillis();
    }

    /** Writes all readings, and one more per partition that closes all windows whose length is at most {@code longest}. */
    void write(String bootstrapServers, String topic, Duration longest) {
        var random = new Random(SEED);
        try (var producer = Readings.producer(bootstrapServers)) {
            for (long n = 0; n < records(); n++) {
                long turn = hot ? n / 2 : n;
                int device = hot && n % 2 == 1 ? 0 : (int) (turn % keys);
                producer.send(reading(topic, device, START + n * every.toMillis() / keys, random));
            }
            for (int partition = 0; partition < Readings.PARTITIONS; partition++) {
                producer.send(reading(topic, partition, end() + 2 * longest.toMillis(), random));
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> reading(String topic, int device, long time, Random random) {
        String name = "device" + device;
        String value = "{\"device\":\"" + name + "\",\"ts\":\"" + Instant.ofEpochMilli(time) + "\",\"temperature\":"
                + (10 + random.nextInt(20)) + "." + (1_000 + random.nextInt(9_000)) + ",\"humidity\":"
                + (10 + random.nextInt(80)) + "." + (1_000 + random.nextInt(9_000)) + "}";
        return new ProducerRecord<>(
                topic, device % Readings.PARTITIONS, name.getBytes(US_ASCII), value.getBytes(US_ASCII));
    }
}
