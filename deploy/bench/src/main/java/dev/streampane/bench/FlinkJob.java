// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.Http;
import dev.streampane.local.LocalFlink;
import dev.streampane.local.stack.FlinkRest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A job on a JobManager and a TaskManager of its own, from its first record to its last result.
 *
 * <p>The append times of the first results of two windows tell when as many records had been read; the processes' time on cores between
 * the two is what the records cost.
 *
 * @param jar with the job's main class
 * @param arguments of the main class
 * @param row reads a result
 */
record FlinkJob(String name, Path jar, String main, List<String> arguments, RowReader row) {

    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration STALLED = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(100);

    /** The share of windows that warm the job up. */
    private static final double WARM_UP = 0.4;

    /** Reads a result; the sums are in millionths. */
    @FunctionalInterface
    interface RowReader {
        Row read(JsonNode json);
    }

    /** A result. */
    record Row(String key, long start, long count, long temperature, long humidity) {}

    private record Sample(long millis, Duration cpu) {}

    /**
     * Runs the job until all results are committed.
     *
     * @param recording where a recording of Flight Recorder goes, if one is wanted
     */
    Measured run(
            Path data,
            String bootstrapServers,
            String results,
            Readings readings,
            Optional<Path> recording)
            throws Exception {
        try (LocalFlink flink = LocalFlink.start(data)) {
            var rest = new FlinkRest(flink.restUrl());
            String id = rest.run(rest.upload(jar), main, arguments, Optional.empty());
            var threads = new ThreadTimes(flink.taskManager().pid());
            var samples = new ArrayList<Sample>();
            var rows = new Rows(readings);
            try (var consumer = consumer(bootstrapServers, results)) {
                Instant progress = Instant.now();
                Instant deadline = progress.plus(PATIENCE);
                while (!rows.complete()) {
                    samples.add(sample(flink, threads));
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                        rows.add(row.read(Http.JSON.readTree(record.value())), record.timestamp());
                        progress = Instant.now();
                    }
                    if (recording.isPresent() && !threads.started() && rows.reached(WARM_UP)) {
                        threads.start(recording.get());
                    }
                    if (Instant.now().isAfter(deadline)
                            || Instant.now().isAfter(progress.plus(STALLED))) {
                        throw new IOException(name + " stands still: " + rest.failure(id));
                    }
                }
                samples.add(sample(flink, threads));
            }
            if (threads.started()) {
                threads.stop();
            }
            return rows.measured(samples);
        }
    }

    private static Sample sample(LocalFlink flink, ThreadTimes threads) throws IOException {
        return new Sample(
                System.currentTimeMillis(),
                cpu(flink.jobManager()).plus(cpu(flink.taskManager())).minus(threads.compilers()));
    }

    private static Duration cpu(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String servers, String topic) {
        var consumer =
                new KafkaConsumer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers",
                                servers,
                                "isolation.level",
                                "read_committed",
                                "enable.auto.commit",
                                "false"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                IntStream.range(0, Readings.PARTITIONS)
                        .mapToObj(partition -> new TopicPartition(topic, partition))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    /** The results so far: each once. */
    private static final class Rows {

        private final Readings readings;
        private final Set<String> seen = new HashSet<>();
        private final TreeMap<Long, Long> firstAppend = new TreeMap<>();
        private final Digest digest = new Digest();

        Rows(Readings readings) {
            this.readings = readings;
        }

        void add(Row row, long appendTime) {
            if (row.start() >= Readings.START + readings.records()) {
                return; // the readings that close the windows
            }
            if (!seen.add(row.key() + '@' + row.start())) {
                throw new IllegalStateException("twice: " + row);
            }
            firstAppend.merge(row.start(), appendTime, Math::min);
            digest.add(row.key(), row.start(), row.count(), row.temperature(), row.humidity());
        }

        boolean complete() {
            return seen.size() == readings.results();
        }

        boolean reached(double share) {
            return firstAppend.size() >= share * readings.windows();
        }

        Measured measured(List<Sample> samples) {
            var starts = new ArrayList<>(firstAppend.keySet());
            long from = starts.get((int) (WARM_UP * starts.size()));
            long to = starts.get(starts.size() - 1);
            long begin = firstAppend.get(from);
            long end = firstAppend.get(to);
            return new Measured(
                    (to - from) / Readings.WINDOW * Readings.WINDOW,
                    Duration.ofMillis(end - begin),
                    cpuAt(samples, end).minus(cpuAt(samples, begin)),
                    digest);
        }

        private static Duration cpuAt(List<Sample> samples, long millis) {
            Sample before = samples.get(0);
            for (Sample after : samples) {
                if (after.millis() >= millis && after.millis() > before.millis()) {
                    double share =
                            (millis - before.millis())
                                    / (double) (after.millis() - before.millis());
                    long nanos = after.cpu().minus(before.cpu()).toNanos();
                    return before.cpu().plusNanos((long) (share * nanos));
                }
                before = after;
            }
            return before.cpu();
        }
    }
}
