// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes results to the log in transactions as a job does, windows and later revisions of them, as fast as they are read. */
final class Revisions implements AutoCloseable {

    static final String JOB = "freshness";

    /** Results that may be on their way to the reader. */
    private static final int AHEAD = 2_000;

    private static final int TRANSACTION = 50;
    private static final int MINUTES_10 = 600_000;
    private static final int KEYS = 2_000;
    private static final int REVISED = 3_000;

    /** The newest revision of a window. */
    private record Window(String key, Instant start, int rev) {}

    private final KafkaProducer<byte[], byte[]> producer;
    private final Random random;
    private final Semaphore mayWrite = new Semaphore(AHEAD);
    private final Deque<Window> windows = new ArrayDeque<>();
    private final Thread thread = new Thread(this::write, "revisions");
    private volatile boolean stopped;
    private volatile RuntimeException failure;
    private long made;

    Revisions(String bootstrapServers, long seed) {
        random = new Random(seed);
        producer = KafkaUser.producer(Map.of(
                "bootstrap.servers", bootstrapServers,
                "transactional.id", JOB,
                "transaction.timeout.ms", MINUTES_10,
                "max.block.ms", MINUTES_10,
                "linger.ms", 0));
        producer.initTransactions();
    }

    void start() {
        thread.start();
    }

    /** Says that one more was read. */
    void seen() {
        mayWrite.release();
    }

    /** Throws what has ended the writing. */
    void check() {
        if (failure != null) {
            throw new IllegalStateException("results are not written any more", failure);
        }
    }

    void stop() {
        stopped = true;
        mayWrite.release(TRANSACTION);
    }

    @Override
    public void close() {
        stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }

    private void write() {
        try {
            while (!stopped) {
                mayWrite.acquireUninterruptibly(TRANSACTION);
                writeTransaction();
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void writeTransaction() {
        producer.beginTransaction();
        for (int n = 0; n < TRANSACTION; n++) {
            Window window = random.nextBoolean() && windows.size() == REVISED ? revised() : made();
            windows.addLast(window);
            producer.send(new ProducerRecord<>(
                    "window-results",
                    window.key().getBytes(StandardCharsets.UTF_8),
                    json(window).getBytes(StandardCharsets.UTF_8)));
        }
        producer.commitTransaction();
    }

    /** One of the older ones once more. */
    private Window revised() {
        Window window = windows.removeFirst();
        return new Window(window.key(), window.start(), window.rev() + 1);
    }

    private Window made() {
        if (windows.size() == REVISED) {
            windows.removeFirst();
        }
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(2);
        return new Window("k" + made++ % KEYS + "-" + made, start, 1);
    }

    private static String json(Window window) {
        Instant end = window.start().plusSeconds(1);
        return """
               {"id":"%s","job":"%s","spec":"tumbling(1s)","key":"%s",\
               "window":{"kind":"tumbling","start":"%s","end":"%s","zone":"UTC"},\
               "generation":1,"rev":%d,"status":"%s","cause":"%s","complete":true,\
               "values":{"total":19.380000},"sums":{"total":"19380000"},"count":%d,"late":0,\
               "minEventTime":"%s","maxEventTime":"%s","watermark":null,\
               "inputs":[{"topic":"device-readings","partition":0,"first":1200,"last":1290}],\
               "jobVersion":"1.0.0"}""".formatted(
                        Pane.id(JOB, "tumbling(1s)", window.key(), window.start(), end),
                        JOB,
                        window.key(),
                        window.start(),
                        end,
                        window.rev(),
                        window.rev() == 1 ? "FINAL" : "REVISED",
                        window.rev() == 1 ? "watermark" : "late-record",
                        window.rev(),
                        window.start(),
                        window.start());
    }
}
