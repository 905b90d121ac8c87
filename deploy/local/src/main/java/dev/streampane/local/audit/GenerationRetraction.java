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
 * Retracts windows of older generations that the newest generation G of a job covers and did not make: {@link #retract} writes
 * a RETRACTED row, with cause {@code superseded}, for each of them.
 *
 * <p>G covers a window when
 *
 * <ul>
 *   <li>it has read each record that the window counted: the offsets of the newest result's {@code inputs} lie between
 *       the first and the last offset of G's audit lines of that partition (where {@code inputs} name only a topic, because it
 *       has too many partitions: G has read all of it from offset 0), and
 *   <li>it has closed the window: the window's end is at or below the horizon that all partitions and specifications of G had
 *       before their newest audit line.
 * </ul>
 *
 * <p>So G itself has a verdict for every record in the window: the records are in a window with other borders now, or are late or
 * rejected under G's settings. Not retracted are windows that G took over with the state that it was started from, windows of which it has not
 * read all records, and global windows, whose totals depend on the order of arrival. G makes a window when it writes any row of its id.
 *
 * <p>The newest result of an id is chosen as in every view: by (complete, generation, rev). There may be more results than fit in memory:
 * then the windows that end last are left for another pass over the topic, so the time grows with the square of the number of results. Not
 * thread-safe.
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
     * What {@link #retract} did.
     *
     * @param generation the newest generation, which supersedes
     * @param closed the window end up to which it has closed its windows; empty when it has not closed any
     * @param covered number of windows that only older generations made and that it covers
     * @param retracted ids of the covered windows that this call retracted
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
                .map(run -> new GenerationRetraction(
                        bootstrapServers, run, new AuditCoverage(bootstrapServers, run, runs)));
    }

    /** The newest generation. */
    public int generation() {
        return run.generation();
    }

    /** Whether the newest generation has closed every window that an older one can have published. */
    public boolean hasPassed() {
        return reading.hasPassedTheOlder();
    }

    /**
     * Writes the retractions that are missing, in one transaction per pass. A window that an earlier call retracted is not retracted again.
     *
     * @throws KafkaException when an open transaction hides results for more than 60 s
     */
    public Outcome retract() {
        return retract(Runtime.getRuntime().maxMemory() / 3);
    }

    /** @param mostBytes approximate limit of the memory for results; those of windows with the same end are held together, even above it */
    Outcome retract(long mostBytes) {
        int covered = 0;
        List<String> retracted = new ArrayList<>();
        try (Admin admin = Topics.admin(bootstrapServers);
                KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.initTransactions(); // waits until the transaction of an earlier call has ended
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

    /** The newest row of an id; its generation is 0 until a row was taken. */
    private static final class Newest {

        /** Estimated size, without the row's bytes. */
        private static final int BYTES = 600;

        final String id;
        Version version = new Version(false, 0, 0);
        boolean covered;

        /** The row to retract; null when there is nothing to retract. */
        ConsumerRecord<byte[], byte[]> row;

        Newest(String id) {
            this.id = id;
        }

        /** Estimated size; 0 until a row was taken. */
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
            do {
                if (System.nanoTime() > deadline) {
                    throw new KafkaException("an open transaction hides results: see 'streampane tx list'");
                }
                log.readToEnd(record -> read(record, passes));
            } while (log.heldBack());
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record, EndPasses<ClosedWindows> passes) {
        PublishedResult.read(CommittedLog.json(record))
                .filter(result -> result.job().equals(run.job()))
                .ifPresent(result -> passes.add(result.end(), windows -> windows.take(result, record)));
    }

    private void add(PublishedResult result, ConsumerRecord<byte[], byte[]> record, Newest newest) {
        if (result.generation() == run.generation()) {
            newest.version = result.version(); // G made the window, so rows of older generations do not matter
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
