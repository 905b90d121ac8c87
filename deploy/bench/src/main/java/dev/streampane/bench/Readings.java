// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes readings of 95 bytes, one per device and second of event time, the devices in turn. Adds them up per device and minute, and per
 * device and ten minutes that end with a minute.
 *
 * <p>The readings cover whole minutes. One more reading per partition, two minutes after them (with pauses: four), closes the windows.
 */
final class Readings {

    static final String TOPIC = "device-readings";
    static final int PARTITIONS = 4;
    static final long START = Instant.parse("2026-11-20T06:00:00Z").toEpochMilli();
    static final long WINDOW = Duration.ofMinutes(1).toMillis();

    private static final long SEED = 20_261_120;
    private static final int PER_WINDOW = 60;
    private static final int SLIDES = 10;
    private static final int MAX_DISORDER_MILLIS = 4_000;

    private final int devices;
    private final int windows;
    private final int disorder;
    private final int unusual;
    private final long stride;
    private final Random random = new Random(SEED);
    private final long[][] counts;
    private final long[][] temperatures;
    private final long[][] humidities;
    private final Digest digest = new Digest();

    /** Count, temperature and humidity of each device in each of the last {@value #SLIDES} minutes. */
    private final long[][][] slides;

    private final Digest slidingDigest = new Digest();
    private volatile Exception failure;

    /**
     * Readings for a number of whole minutes.
     *
     * @param records least number of readings, which is rounded up to whole minutes
     * @param disorder percentage of readings whose time is up to 4 s earlier than in order
     * @param unusual percentage of readings with a number that has an exponent
     * @param pauses whether a minute without readings follows each minute with readings
     */
    Readings(long records, int devices, int disorder, int unusual, boolean pauses) {
        this.devices = devices;
        this.windows = Math.toIntExact((records + perWindow() - 1) / perWindow());
        this.disorder = disorder;
        this.unusual = unusual;
        this.stride = pauses ? 2 * WINDOW : WINDOW;
        slides = new long[SLIDES][devices][3];
        counts = new long[2][devices]; // of a window and the one before
        temperatures = new long[2][devices];
        humidities = new long[2][devices];
    }

    long perWindow() {
        return (long) PER_WINDOW * devices;
    }

    /** Time from the start of a minute with readings to the start of the next one, in ms. */
    long stride() {
        return stride;
    }

    private long start(int window) {
        return START + window * stride;
    }

    /** The end of the last minute with readings, or of the pause after it, in ms since the epoch. */
    long end() {
        return start(windows);
    }

    long records() {
        return windows * perWindow();
    }

    long results() {
        return (long) windows * devices;
    }

    /** Digest of the right results, after {@link #write}. */
    Digest digest() {
        return digest;
    }

    /** The same for windows of ten minutes that slide by a minute; each is added with the start of its last minute. */
    Digest slidingDigest() {
        return slidingDigest;
    }

    /** A producer for many readings: lz4, large batches. */
    static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        Map<String, Object> settings = Map.of(
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
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Writes all readings. */
    void write(String bootstrapServers) {
        try (var producer = producer(bootstrapServers)) {
            for (int window = 0; window < windows; window++) {
                for (long i = 0; i < perWindow(); i++) {
                    write(producer, (int) (i % devices), start(window), i * WINDOW / perWindow());
                }
                if (window > 0) {
                    digest(window - 1);
                }
            }
            digest(windows - 1);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                send(producer, partition, start(windows + 2), "0.0000", "0.0000");
            }
        }
        if (failure != null) {
            throw new IllegalStateException("not all readings were written", failure);
        }
    }

    private void write(KafkaProducer<byte[], byte[]> producer, int device, long minute, long offset) {
        boolean early = disorder > 0 && random.nextInt(100) < disorder;
        long earliest = stride == WINDOW ? START : minute;
        long due = minute + offset;
        long time = early ? Math.max(earliest, due - random.nextInt(MAX_DISORDER_MILLIS)) : due;
        long temperature = 10_000_000 + random.nextInt(200_000) * 100L;
        long humidity = 10_000_000 + random.nextInt(800_000) * 100L;
        int window = (int) ((time - START) / stride % 2);
        counts[window][device]++;
        temperatures[window][device] += temperature;
        humidities[window][device] += humidity;
        String exponent = unusual > 0 && random.nextInt(100) < unusual ? "E0" : "";
        send(producer, device, time, decimal(temperature) + exponent, decimal(humidity));
    }

    /** Adds the results of a window to the digests, once all its readings are written. */
    private void digest(int window) {
        int slot = window % 2;
        for (int n = 0; n < devices; n++) {
            int device = n;
            long[] sums = {counts[slot][device], temperatures[slot][device], humidities[slot][device]};
            digest.add(name(device), start(window), sums[0], sums[1], sums[2]);
            slides[window % SLIDES][device] = sums;
            long[] sliding = new long[sums.length];
            for (long[][] slide : slides) {
                Arrays.setAll(sliding, i -> sliding[i] + slide[device][i]);
            }
            slidingDigest.add(name(device), start(window), sliding[0], sliding[1], sliding[2]);
        }
        Arrays.fill(counts[slot], 0);
        Arrays.fill(temperatures[slot], 0);
        Arrays.fill(humidities[slot], 0);
    }

    private void send(
            KafkaProducer<byte[], byte[]> producer, int device, long time, String temperature, String humidity) {
        if (failure != null) {
            throw new IllegalStateException("not all readings were written", failure);
        }
        byte[] key = name(device).getBytes(US_ASCII);
        producer.send(
                new ProducerRecord<>(TOPIC, device % PARTITIONS, key, value(device, time, temperature, humidity)),
                (written, e) -> failure = e == null ? failure : e);
    }

    /** The value of a reading's message; its numbers are written as given. */
    static byte[] value(int device, long time, String temperature, String humidity) {
        return ("{\"device\":\""
                        + name(device)
                        + "\",\"ts\":\""
                        + Times.text(time)
                        + "\",\"temperature\":"
                        + temperature
                        + ",\"humidity\":"
                        + humidity
                        + '}')
                .getBytes(US_ASCII);
    }

    private static String name(int device) {
        return "device" + device;
    }

    /** A number of millionths as text with four decimals. */
    static String decimal(long micros) {
        String fraction = String.valueOf(10_000 + micros / 100 % 10_000);
        return micros / 1_000_000 + "." + fraction.substring(1);
    }

    /** Formats times in ms since the epoch; formats date and minute only when the minute changes. */
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
