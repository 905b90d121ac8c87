// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.JobRun;
import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.Version;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Topics;
import dev.streampane.local.state.Generations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The newest generation G of a job and the windows of older ones that it covers and did not make: {@link #retract} writes
 * a row RETRACTED, cause {@code superseded}, for each of them.
 *
 * <p>G covers a window when
 *
 * <ul>
 *   <li>it has read each record that the window counted: the offsets of the newest result's {@code inputs} lie between
 *       the first and the last offset of G's audit lines of that partition (a topic with too many partitions to name
 *       them: when G has read all of it from offset 0), and
 *   <li>it has closed it: the window's end is at or below the H that all partitions and specifications of G had before
 *       their newest audit line.
 * </ul>
 *
 * <p>So G knows of itself what became of everything in it: the window has other borders now, or its records are late or
 * rejected under G's settings. Windows that G took over with the state that it was started from, or of which it has not
 * read all, stay, and so do global ones: which totals they tell depends on the order of arrival. G makes a window when it writes any row of its id.
 *
 * <p>The results of an id count in the order of every view: (complete, generation, rev). Results are kept for longer than there is memory for:
 * where those of closed windows do not fit, the windows that end last are left for another pass over the topic, so that the time that it takes
 * grows with the square of what is kept. Not thread-safe.
 */
public final class GenerationRetraction {

    private static final String RESULTS = "window-results";
    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(60);

    private final String bootstrapServers;
    private final JobRun run;
    private final AuditCoverage reading;

    private GenerationRetraction(String bootstrapServers, JobRun run, AuditCoverage reading) {
        this.bootstrapServers = bootstrapServers;
        this.run = run;
        this.reading = reading;
    }

    /**
     * What was done.
     *
     * @param generation the one that supersedes
     * @param closed ends up to which it has closed its windows; empty when it has not closed any
     * @param covered windows that only older generations made and that it covers
     * @param retracted ids of those of them that were not retracted before
     */
    public record Outcome(int generation, Optional<Instant> closed, int covered, List<String> retracted) {}

    /**
     * Reads the audit.
     *
     * @return empty when the job has never run
     */
    public static Optional<GenerationRetraction> of(String bootstrapServers, String job) {
        List<JobRun> runs = Generations.all(Topics.client(bootstrapServers)).stream()
                .filter(run -> run.job().equals(job))
                .toList();
        return runs.stream()
                .max(Comparator.comparingInt(JobRun::generation))
                .map(run ->
                        new GenerationRetraction(bootstrapServers, run, AuditCoverage.of(bootstrapServers, run, runs)));
    }

    /** The newest generation. */
    public int generation() {
        return run.generation();
    }

    /** Whether it has closed every window that an older one can have published. */
    public boolean hasPassed() {
        return reading.hasPassedTheOlder();
    }

    /**
     * Writes what is missing, in one transaction for each pass; what an earlier call has written is not missing any more.
     *
     * @throws KafkaException when an open transaction hides some results for more than 60 s
     */
    public Outcome retract() {
        return retract(Runtime.getRuntime().maxMemory() / 3);
    }

    /** @param mostBytes about as much memory as results may take; those of windows that end at one time are held whatever they take */
    Outcome retract(long mostBytes) {
        int covered = 0;
        List<String> retracted = new ArrayList<>();
        try (Admin admin = Topics.admin(bootstrapServers);
                KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.initTransactions(); // waits for the end of an earlier call's
            Instant end = reading.closed().map(closed -> closed.plusNanos(1)).orElse(Instant.MIN);
            EndPasses<ClosedWindows> passes = new EndPasses<>(ClosedWindows::new, end, mostBytes);
            for (; !passes.isOver(); passes.next()) {
                read(admin, passes);
                covered += (int) all(passes).filter(newest -> newest.covered).count();
                List<Newest> superseded =
                        all(passes).filter(newest -> newest.row != null).toList();
                if (!superseded.isEmpty()) {
                    producer.beginTransaction();
                    superseded.forEach(newest -> producer.send(retraction(newest.row)));
                    producer.commitTransaction();
                }
                superseded.forEach(newest -> retracted.add(newest.id));
            }
        }
        Collections.sort(retracted);
        return new Outcome(run.generation(), reading.closed(), covered, retracted);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        "supersede-" + run.job()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** The row of an id that counts; of generation 0 before there is one. */
    private static final class Newest {

        /** Without the row's bytes. */
        private static final int BYTES = 600;

        final String id;
        Version version = new Version(false, 0, 0);
        boolean covered;

        /** The row itself, while it is to be retracted. */
        ConsumerRecord<byte[], byte[]> row;

        Newest(String id) {
            this.id = id;
        }

        /** About how much memory it takes, once a row counts. */
        long bytes() {
            return version.generation() == 0 ? 0 : BYTES + (row == null ? 0 : row.value().length);
        }
    }

    /** The windows that end at one time. */
    private final class ClosedWindows extends EndPasses.Held {

        private final Map<String, Newest> byId = new HashMap<>();

        void take(PublishedResult result, ConsumerRecord<byte[], byte[]> record) {
            Newest newest = byId.computeIfAbsent(result.id(), Newest::new);
            bytes -= newest.bytes();
            add(result, record, newest);
            bytes += newest.bytes();
        }
    }

    private static Stream<Newest> all(EndPasses<ClosedWindows> passes) {
        return passes.byEnd().values().stream().flatMap(windows -> windows.byId.values().stream());
    }

    private void read(Admin admin, EndPasses<ClosedWindows> passes) {
        Set<String> topics = Set.copyOf(run.everySetting("results-topic", RESULTS));
        try (CommittedLog log = new CommittedLog(admin, Topics.client(bootstrapServers), topics)) {
            long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
            log.readToEnd(record -> read(record, passes));
            while (log.heldBack()) {
                if (System.nanoTime() > deadline) {
                    throw new KafkaException("an open transaction hides results: see 'streampane tx list'");
                }
                log.readToEnd(record -> read(record, passes));
            }
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record, EndPasses<ClosedWindows> passes) {
        PublishedResult.read(CommittedLog.json(record))
                .filter(result -> result.job().equals(run.job()))
                .ifPresent(result -> passes.add(result.end(), windows -> windows.take(result, record)));
    }

    private void add(PublishedResult result, ConsumerRecord<byte[], byte[]> record, Newest newest) {
        if (result.generation() == run.generation()) {
            newest.version = result.version(); // made by it, whichever row counts
            newest.covered = result.isSuperseded();
            newest.row = null;
        } else if (newest.version.generation() < run.generation()
                && newest.version.number() < result.version().number()) {
            newest.version = result.version();
            newest.covered = !result.isRetracted() && reading.covers(result);
            newest.row = newest.covered ? record : null;
        }
    }

    private ProducerRecord<byte[], byte[]> retraction(ConsumerRecord<byte[], byte[]> row) {
        byte[] value =
                PublishedResult.read(Json.read(row.value())).orElseThrow().supersededBy(run);
        return new ProducerRecord<>(row.topic(), row.partition(), row.key(), value, row.headers());
    }
}
