// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A seeded publisher of one input topic, with everything that goes wrong: records out of order,
 * late within and past the allowed lateness, duplicated, malformed, from the future; partitions that
 * are apart by much more than the out-of-orderness bound; keys that come from several partitions;
 * the legacy format. It writes its own heartbeats, one per partition and second.
 *
 * <p>Event time is a script of its own that begins at {@link #START}, long before the records'
 * append time, so that the same seed gives the same bytes whenever it runs.
 */
final class Load implements AutoCloseable {

    static final Instant START = Instant.parse("2026-01-15T10:00:00Z");

    /** How far each partition is behind the first one, in seconds: B is 5. */
    private static final int[] BEHIND = {0, 9, 3, 21};

    private static final int PER_SECOND = 4;
    private static final List<String> KEYS = List.of("1", "2", "3", "device1", "device2", "a/b ~ é%", "D".repeat(250));
    private static final DateTimeFormatter LEGACY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final Feed feed;
    private WindowRule rule;
    private final Random random;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Deque<Malformed> malformed = new ArrayDeque<>();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final long[] clocks = new long[BEHIND.length];
    private int second;

    private record Malformed(String reason, String kind, byte[] value) {}

    Load(String bootstrapServers, Feed feed, WindowRule rule, long seed) {
        this.feed = feed;
        this.rule = rule;
        this.random = new Random(seed + feed.ordinal());
        this.producer = KafkaUser.producer(Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0));
        java.util.Arrays.fill(clocks, START.minusSeconds(BEHIND[3]).toEpochMilli());
        List<Malformed> all = new ArrayList<>(malformed(feed.contract(), null));
        all.addAll(malformed("heartbeat", "heartbeat"));
        all.add(new Malformed("empty", null, null));
        all.add(new Malformed("unknown_type", "telegram", text("{}")));
        Collections.shuffle(all, random);
        malformed.addAll(all);
    }

    /** From now on what is late is late by this rule. */
    void follow(WindowRule changed) {
        rule = changed;
    }

    private static List<Malformed> malformed(String contract, String kind) {
        Path folder = Checkout.root().resolve("deploy/schemas/" + contract + "/v1/rejected");
        try (Stream<Path> files = Files.list(folder)) {
            List<Malformed> all = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                String reason = file.getFileName().toString().split("--")[0];
                all.add(new Malformed(reason, kind, Files.readAllBytes(file)));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Publishes the next seconds of event time to all partitions and waits for the acknowledgements. */
    void publish(Duration eventTime) {
        publish(eventTime, List.of(0, 1, 2, 3));
    }

    /** The same to some partitions; the others are silent, and their clocks stand. */
    void publish(Duration eventTime, List<Integer> partitions) {
        int until = second + Math.toIntExact(eventTime.toSeconds());
        for (; second < until; second++) {
            List<Integer> order = new ArrayList<>(partitions);
            Collections.shuffle(order, random);
            for (int partition : order) {
                publishSecond(partition, second - BEHIND[partition]);
            }
        }
        flush();
    }

    private void publishSecond(int partition, int at) {
        long start = START.toEpochMilli() + at * 1000L;
        for (int i = 0; i < PER_SECOND; i++) {
            long eventTime = start + random.nextInt(1000);
            double fate = random.nextDouble();
            if (fate < 0.06) {
                eventTime -= random.nextInt(4000); // out of order, within the bound
            } else if (fate < 0.11) {
                eventTime = revising(partition);
            } else if (fate < 0.15) {
                eventTime = tooLate(partition);
            } else if (fate < 0.20) {
                sendMalformed(partition);
                continue;
            } else if (fate < 0.21) {
                sendFuture(partition);
                continue;
            }
            byte[] value = reading(eventTime);
            send(partition, value);
            if (random.nextInt(30) == 0) {
                send(partition, value); // duplicated
            }
            clocks[partition] =
                    Math.max(clocks[partition], Message.of(feed, value).eventTime());
        }
        heartbeat(partition, start + 1000);
    }

    /** An event time whose window has passed, but is still taken: the edges come often. */
    private long revising(int partition) {
        long open = horizon(partition) + 1;
        long passed = clocks[partition] - rule.outOfOrderness().toMillis();
        long eventTime = random.nextInt(4) == 0 ? open : open + random.nextLong(passed - open);
        return rule.end(eventTime) <= horizon(partition)
                ? eventTime + rule.size().toMillis()
                : eventTime;
    }

    /** An event time whose window is closed: often the last such window. */
    private long tooLate(int partition) {
        long lastClosed = rule.start(horizon(partition)) - 1;
        return random.nextInt(4) == 0 ? lastClosed : lastClosed - random.nextInt(60_000);
    }

    private long horizon(int partition) {
        return clocks[partition]
                - rule.outOfOrderness().toMillis()
                - rule.allowedLateness().toMillis();
    }

    private byte[] reading(long eventTime) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        Instant time = Instant.ofEpochMilli(eventTime);
        boolean legacy = key.length() == 1 || random.nextInt(10) == 0;
        String name = feed == Feed.TRANSACTIONS || legacy ? "client" : "device";
        String id = key.length() == 1 && random.nextBoolean() ? key : "\"" + key + "\"";
        String ts = legacy ? LEGACY.format(time) : time.toString();
        String numbers = feed == Feed.READINGS
                ? "\"temperature\":%s,\"humidity\":%s".formatted(decimal(-40, 90, 7), decimal(0, 100, 2))
                : "\"amount\":%s".formatted(decimal(-100, 400, 5));
        return text("{\"%s\":%s,\"ts\":\"%s\",%s}".formatted(name, id, ts, numbers));
    }

    private String decimal(int from, int size, int decimals) {
        double number = from + size * random.nextDouble();
        return String.format(Locale.ROOT, "%." + random.nextInt(decimals + 1) + "f", number);
    }

    /** One record that is late for certain, once the partition's clock is past B + L. */
    void publishLate(int partition) {
        send(partition, reading(tooLate(partition)));
        flush();
    }

    /**
     * Brings all partitions to the same second and closes every window with a heartbeat; then sends
     * the malformed messages that are left.
     */
    void finish() {
        while (!malformed.isEmpty()) {
            sendMalformed(random.nextInt(BEHIND.length));
        }
        long end = START.toEpochMilli()
                + second * 1000L
                + rule.outOfOrderness().toMillis()
                + rule.allowedLateness().toMillis()
                + 2 * rule.size().toMillis();
        for (int partition = 0; partition < BEHIND.length; partition++) {
            heartbeat(partition, end);
        }
        second = Math.toIntExact((end - START.toEpochMilli()) / 1000) + BEHIND[3];
        flush();
    }

    /** One heartbeat per partition, a second after the last: the line that closed the windows is then not the newest. */
    void beat() {
        for (int partition = 0; partition < BEHIND.length; partition++) {
            heartbeat(partition, clocks[partition] + 1000);
        }
        flush();
    }

    private void heartbeat(int partition, long eventTime) {
        String value = "{\"ts\":\"" + Instant.ofEpochMilli(eventTime) + "\"}";
        send(partition, null, text(value), "heartbeat", null);
        clocks[partition] = Math.max(clocks[partition], eventTime);
    }

    private void sendMalformed(int partition) {
        Malformed next = malformed.poll();
        if (next == null) {
            send(partition, null, text("{\"torn\":"), null, "not_json");
        } else {
            send(partition, text("d"), next.value(), next.kind(), next.reason());
        }
    }

    private void sendFuture(int partition) {
        String numbers = feed == Feed.READINGS ? "\"temperature\":1,\"humidity\":2" : "\"amount\":3";
        String value = "{\"client\":\"device1\",\"ts\":\"2096-02-29T00:00:00Z\"," + numbers + "}";
        send(partition, text(value));
    }

    private void send(int partition, byte[] value) {
        send(partition, random.nextBoolean() ? text("any") : null, value, null, null);
    }

    private void send(int partition, byte[] key, byte[] value, String kind, String expected) {
        RecordHeaders headers = new RecordHeaders();
        if (kind != null) {
            headers.add("kind", text(kind));
        }
        if (expected != null) {
            headers.add(Oracle.EXPECTED, text(expected));
        }
        producer.send(
                new ProducerRecord<>(feed.topic(), partition, key, value, headers),
                (metadata, e) -> failure.compareAndSet(null, e));
    }

    private void flush() {
        producer.flush();
        if (failure.get() != null) {
            throw new AssertionError("a record was not acknowledged", failure.get());
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
