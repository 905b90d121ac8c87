// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.log.Topics;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The live status of a running stack: the records written to the input topics since the stack has been ready (heartbeats among them), the results
 * that a {@code read_committed} reader has seen since then, and the records that the jobs have not read yet. The topics are the default
 * ones and those that {@code up} gave to its jobs; those that do not exist are skipped.
 */
final class StatusReporter implements Runnable {

    private static final List<String> INPUTS = List.of("device-readings", "transactions", "time-series");
    private static final List<String> RESULTS = List.of("window-results");

    private final StackSettings settings;
    private final FlinkRest flink;
    private final Console console;
    private final long since = System.nanoTime();
    private final Map<String, String> pendingOf = new HashMap<>();
    private volatile boolean ended;

    StatusReporter(StackSettings settings, FlinkRest flink, Console console) {
        this.settings = settings;
        this.flink = flink;
        this.console = console;
    }

    void end() {
        ended = true;
    }

    @Override
    public void run() {
        try (Admin admin = Admin.create(clientSettings());
                KafkaConsumer<byte[], byte[]> results = new KafkaConsumer<>(
                        clientSettings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            boolean begun = false;
            long before = 0;
            long windowsOut = 0;
            while (!ended) {
                try {
                    assign(results, admin, begun);
                    if (!begun) {
                        before = inputs(admin);
                        begun = true;
                    }
                    long recordsIn = inputs(admin) - before;
                    windowsOut += read(results);
                    show(recordsIn, windowsOut, pending());
                } catch (KafkaException | IOException e) {
                    if (!ended) {
                        console.status(
                                "waiting for Kafka and Flink", Map.of("waiting", String.valueOf(e.getMessage())));
                        LockSupport.parkNanos(console.statusInterval().toNanos());
                    }
                }
            }
        }
    }

    private Map<String, Object> clientSettings() {
        return Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                settings.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                5000,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                4000);
    }

    /** Assigns the partitions of the results; a partition that is added after the first call is read from its first record. */
    private void assign(KafkaConsumer<byte[], byte[]> results, Admin admin, boolean begun) {
        Set<TopicPartition> partitions = new LinkedHashSet<>(begun ? results.assignment() : Set.of());
        List<TopicPartition> added = partitions(admin, "results-topic", RESULTS).stream()
                .filter(partitions::add)
                .toList();
        if (begun && added.isEmpty()) {
            return;
        }
        results.assign(partitions);
        if (begun) {
            results.seekToBeginning(added);
        } else {
            results.seekToEnd(added); // not what was written before, which is kept for ever
            added.forEach(results::position); // finds the end now, and not at the first poll
        }
    }

    private long inputs(Admin admin) {
        return Topics.highWatermarks(admin, partitions(admin, "input-topic", INPUTS)).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private List<TopicPartition> partitions(Admin admin, String option, List<String> usual) {
        Set<String> topics = new LinkedHashSet<>(usual);
        settings.jobs().stream()
                .filter(job -> !job.equals(StackSettings.INDEX)) // reads results
                .forEach(job -> Optional.ofNullable(settings.jobOptions(job).get(option))
                        .ifPresent(topics::add));
        return Topics.find(admin, topics).stream()
                .flatMap(topic -> Topics.partitions(topic).stream())
                .toList();
    }

    /** Polls until the next status is due; returns the number of records read. */
    private long read(KafkaConsumer<byte[], byte[]> results) {
        if (results.assignment().isEmpty()) { // poll() would throw
            LockSupport.parkNanos(console.statusInterval().toNanos());
            return 0;
        }
        long due = System.nanoTime() + console.statusInterval().toNanos();
        long read = 0;
        while (!ended && System.nanoTime() < due) {
            read += results.poll(Duration.ofMillis(500)).count();
        }
        return read;
    }

    /** The number of records that the jobs have not read yet; empty when a job that has not ended does not report it. */
    private Optional<Long> pending() throws IOException {
        Optional<Long> pending = Optional.of(0L);
        for (FlinkRest.Job job : flink.jobs()) {
            if (!job.isOver()) {
                Optional<Long> ofJob = job.isUp() ? pending(job.id()) : Optional.empty();
                pending = pending.flatMap(sum -> ofJob.map(one -> sum + one));
            }
        }
        return pending;
    }

    private Optional<Long> pending(String job) throws IOException {
        if (!pendingOf.containsKey(job)) {
            flink.metric(job, FlinkRest.PENDING_RECORDS).ifPresent(where -> pendingOf.put(job, where));
        }
        String where = pendingOf.get(job);
        return where == null ? Optional.of(0L) : flink.sum(where); // not each job reads from Kafka
    }

    private void show(long recordsIn, long windowsOut, Optional<Long> lag) {
        Duration up = Duration.ofNanos(System.nanoTime() - since);
        String text = String.format(
                Locale.ROOT,
                "up %d:%02d:%02d  records in %,d  windows out %,d  lag %s",
                up.toHours(),
                up.toMinutesPart(),
                up.toSecondsPart(),
                recordsIn,
                windowsOut,
                lag.map(records -> String.format(Locale.ROOT, "%,d", records)).orElse("unknown"));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("seconds", up.toSeconds());
        values.put("recordsIn", recordsIn);
        values.put("windowsOut", windowsOut);
        lag.ifPresent(records -> values.put("lag", records));
        console.status(text, values);
    }
}
