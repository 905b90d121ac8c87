// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.server.Http;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Runs a contender and measures it, from its first record to its last result.
 *
 * <p>The append time of the first result of a window tells when the records of that window had been read. The CPU time that the processes
 * take between two such times is the cost of the records in between.
 */
final class Run {

    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration STALLED = Duration.ofMinutes(2);

    /** Four commit intervals. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(100);

    /** The share of the windows that is warm-up. */
    private static final double WARM_UP = 0.4;

    private Run() {}

    /**
     * Runs the contender until all its results are committed to the topic.
     *
     * @param recording file for a recording of Flight Recorder, if one is wanted
     */
    static Measured of(
            Contender contender,
            Path data,
            String bootstrapServers,
            String results,
            Readings readings,
            Optional<Path> recording)
            throws Exception {
        try (Contender.Processes running = contender.start(data);
                var consumer = CommittedLog.reader(bootstrapServers, results, "read_committed")) {
            var patience = new Patience(contender, running);
            CpuSamples cpu = watch(running, consumer, readings, recording, patience);
            var threads = new ArrayList<Map<String, Double>>();
            for (ThreadTimes process : running.processes()) {
                threads.add(process.sinceMark());
            }
            String commits = running.commits();
            var rows = new Rows(readings);
            while (!rows.complete()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                patience.spend(records.count());
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    rows.add(contender.read(Http.JSON.readTree(record.value())), record.timestamp());
                }
            }
            return rows.measured(cpu, threads, commits);
        }
    }

    /**
     * Waits until there are as many results as expected and no more come. To disturb the contender as little as possible, it reads no
     * results, but asks for the end offsets of the topic, which also count transaction markers.
     */
    private static CpuSamples watch(
            Contender.Processes running,
            KafkaConsumer<byte[], byte[]> consumer,
            Readings readings,
            Optional<Path> recording,
            Patience patience)
            throws IOException, InterruptedException {
        ThreadTimes worker = running.processes().get(0);
        var cpu = new CpuSamples(running.processes());
        long seen = 0;
        while (seen < readings.results() || !patience.isSettled()) {
            Thread.sleep(POLL.toMillis());
            cpu.takeWhenDue();
            long end = consumer.endOffsets(consumer.assignment()).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            patience.spend(end - seen);
            seen = end;
            if (!worker.isMarked() && seen >= WARM_UP * readings.results()) {
                for (ThreadTimes process : running.processes()) {
                    process.mark(process == worker ? recording : Optional.empty());
                }
            }
        }
        cpu.take();
        return cpu;
    }

    /** Limits how long a contender may run, and how long it may run without a new result. */
    private static final class Patience {

        private final Contender contender;
        private final Contender.Processes running;
        private final Instant deadline = Instant.now().plus(PATIENCE);
        private Instant progress = Instant.now();

        Patience(Contender contender, Contender.Processes running) {
            this.contender = contender;
            this.running = running;
        }

        /** Notes that {@code results} more results have come; throws an exception if a limit is exceeded. */
        void spend(long results) throws IOException {
            Instant now = Instant.now();
            if (results > 0) {
                progress = now;
            }
            if (now.isAfter(deadline) || now.isAfter(progress.plus(STALLED))) {
                throw new IOException(contender + " stands still: " + running.failure());
            }
        }

        boolean isSettled() {
            return Instant.now().isAfter(progress.plus(SETTLED));
        }
    }

    /** The results so far. A result that comes twice is an error. */
    private static final class Rows {

        private final Readings readings;
        private final Set<String> seen = new HashSet<>();
        private final TreeMap<Long, Long> firstAppend = new TreeMap<>();
        private final Digest digest = new Digest();

        Rows(Readings readings) {
            this.readings = readings;
        }

        void add(Contender.Row row, long appendTime) {
            if (row.start() >= readings.end()) {
                return; // a result of the readings that close the windows
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

        Measured measured(CpuSamples cpu, List<Map<String, Double>> threads, String commits) {
            var starts = new ArrayList<>(firstAppend.keySet());
            long from = starts.get((int) (WARM_UP * starts.size()));
            long to = starts.get(starts.size() - 1);
            long begin = firstAppend.get(from);
            long end = firstAppend.get(to);
            return new Measured(
                    (to - from) / readings.stride() * readings.perWindow(),
                    Duration.ofMillis(end - begin),
                    cpu.between(begin, end),
                    threads,
                    digest,
                    commits);
        }
    }
}
