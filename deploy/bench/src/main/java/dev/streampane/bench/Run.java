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
 * A contender from its first record to its last result.
 *
 * <p>The append times of the first results of two windows tell when as many records had been read; the processes' time on cores between
 * the two is what the records cost.
 */
final class Run {

    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration STALLED = Duration.ofMinutes(2);

    /** Four of the commits' intervals. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(100);

    /** The share of windows that warm the job up. */
    private static final double WARM_UP = 0.4;

    private Run() {}

    /**
     * Runs the contender until all its results are committed to the topic.
     *
     * @param recording where a recording of Flight Recorder goes, if one is wanted
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
     * Waits until as many results are there as there should be and no more come, and does as little as it can meanwhile: it reads none
     * and asks where the log ends, which counts the marks of transactions, too.
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

    /** How long a contender may go on, and how long without a result. */
    private static final class Patience {

        private final Contender contender;
        private final Contender.Processes running;
        private final Instant deadline = Instant.now().plus(PATIENCE);
        private Instant progress = Instant.now();

        Patience(Contender contender, Contender.Processes running) {
            this.contender = contender;
            this.running = running;
        }

        /** Some time went by, and so many more results are there. */
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

    /** The results so far: each once. */
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
