// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.Key;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.local.audit.PartitionAudit.LoggedLine;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Topics;
import dev.streampane.local.state.Generations;
import dev.streampane.local.state.JobGeneration;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Checks, without Flink's code, that every input record of every job has exactly one verdict: counted in its windows,
 * late, rejected, or a heartbeat.
 *
 * <p>Per job, generation, topic and partition, it checks that the audit lines are contiguous; {@code last - first + 1 =
 * records + holes}; {@code rows = counted + late + rejected + heartbeats} for each specification; no record can be read
 * at a hole; each record that the lines call late or rejected is on its topic once, by its offset. Per tumbling window
 * that all partitions have closed (its end is at or below their horizons), it checks that the lines' counts add up to
 * the counts of the last revisions, and that each key's revisions are 1, 2, 3 … without a gap or a repetition.
 *
 * <p>A generation that was restored from an older one's state continues the windows of that one, so the lines of both
 * are added up for it. Windows are expired when lines that are no longer known may have counted in them.
 *
 * <p>Lines are read one by one and kept in bounded summaries. Only two things grow: one entry per window end that lines
 * name, and one bit per late or rejected record. Results take at most a third of the heap: where more do not fit, the
 * topic is read again for the windows that end later.
 */
public final class AuditCheck {

    private static final String RESULTS = "window-results";

    /** How long to wait for records that the lines count and whose transaction is committed later than that of the lines. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final long RESULT_BYTES = Runtime.getRuntime().maxMemory() / 3;

    private final PartitionAudits partitions = new PartitionAudits();
    private final WindowCheck windows;
    private final Findings findings = new Findings();
    private final Map<String, Object> client;
    private final Admin admin;
    private final HoleReader holes;
    private final Map<JobGeneration, JobRun> runs;

    /** Whether the first lines of the audit have expired, so that the lines that continue them cannot be checked. */
    private boolean auditExpired;

    private AuditCheck(Map<String, Object> client, Admin admin, HoleReader holes, long resultBytes) {
        this.windows = new WindowCheck(resultBytes);
        this.client = client;
        this.admin = admin;
        this.holes = holes;
        this.runs = Generations.all(client).stream()
                .collect(Collectors.toMap(run -> new JobGeneration(run.job(), run.generation()), Function.identity()));
    }

    /**
     * Reads the topics from their first records up to now and says what it finds.
     *
     * @param client settings of a Kafka client that may read inputs, results and audit
     */
    public static AuditReport check(Map<String, Object> client) {
        return check(client, GRACE, RESULT_BYTES);
    }

    static AuditReport check(Map<String, Object> client, Duration grace, long resultBytes) {
        try (Admin admin = Admin.create(client);
                HoleReader holes = new HoleReader(admin, client)) {
            AuditCheck check = new AuditCheck(client, admin, holes, resultBytes);
            check.readAudit();
            return check.compareWithTopics(grace);
        }
    }

    private void readAudit() {
        try (CommittedLog audit = new CommittedLog(admin, client, Generations.auditTopics(runs.values()))) {
            auditExpired = audit.expired();
            audit.readToEnd(this::read);
            partitions.all().forEach(this::finish);
        }
        windows.finish();
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        JsonNode json = CommittedLog.json(record);
        Optional<AuditCorrection> correction = AuditCorrection.read(json);
        if (correction.isPresent()) {
            windows.correct(correction.get());
            findings.count("corrections", correction.get().count());
            return;
        }
        AuditLine.read(json)
                .ifPresentOrElse(line -> read(line, record.timestamp()), () -> findings.foreign("audit line", record));
    }

    private void read(AuditLine line, long writtenAt) {
        PartitionAudit partition = partitions.find(line.key()).orElseGet(() -> {
            partitions.olderThan(line.key()).forEach(this::finish);
            return partitions.open(line.key());
        });
        for (LoggedLine next : partition.inOrder(new LoggedLine(line, writtenAt))) {
            add(partition, next);
        }
    }

    private void finish(PartitionAudit partition) {
        partition.rest().forEach(line -> add(partition, line));
    }

    private void add(PartitionAudit partition, LoggedLine written) {
        AuditLine line = written.line();
        if (partition.isEmpty()) {
            begin(line);
        }
        partition.add(written, findings);
        windows.add(line, written.at());
        line.holes().forEach(hole -> holes.check(line.key(), hole, findings));
    }

    /** Takes the first line of a partition: it continues from a predecessor's state, or begins the partition's audit. */
    private void begin(AuditLine line) {
        Key key = line.key();
        Optional<PartitionAudit> predecessor = partitions.predecessor(key, line.first());
        windows.begin(line, predecessor);
        if (line.clockBefore().isPresent() && predecessor.isPresent()) {
            if (!predecessor.get().remembers(line.first())) {
                findings.alarm("expired", key, "restored from state older than the kept lines");
            }
        } else if (line.clockBefore().isPresent() && !auditExpired) {
            findings.error(
                    "lines", key, "the line from offset %d on continues one that is not in the audit", line.first());
        } else if (predecessor.isEmpty() && !auditExpired && fromEarliest(key)) {
            holes.checkBefore(key, line.first(), findings);
        }
    }

    private boolean fromEarliest(Key key) {
        JobRun run = runs.get(JobGeneration.of(key));
        return run != null && run.setting("start-from", "earliest").equals("earliest");
    }

    private AuditReport compareWithTopics(Duration grace) {
        try (RejectCheck late = new RejectCheck("late", logs("late-topic", "late-records"), findings);
                RejectCheck rejected =
                        new RejectCheck("rejected", logs("dead-letters-topic", "dead-letters"), findings)) {
            long deadline = System.nanoTime() + grace.toNanos();
            boolean heldBack = false;
            do {
                try (CommittedLog results = logs("results-topic", RESULTS)) {
                    Findings compared = compare(results, late, rejected);
                    while (!compared.missing.isEmpty() && System.nanoTime() < deadline) {
                        LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                        compared = compare(results, late, rejected);
                    }
                    windows.wrong().forEach(findings::error);
                    findings.add(compared);
                    heldBack |= results.heldBack() || late.heldBack() || rejected.heldBack();
                }
            } while (windows.next());
            return findings.report(heldBack);
        }
    }

    /** Compares what is on the topics now with the lines; of the results, only those of the current pass's windows. */
    private Findings compare(CommittedLog results, RejectCheck late, RejectCheck rejected) {
        Findings compared = new Findings();
        results.readToEnd(record -> read(record, results));
        if (windows.isAtFirst()) {
            late.readToEnd();
            rejected.readToEnd();
            comparePartitions(late, rejected, compared);
        }
        partitions.generations().forEach(g -> windows.compare(closing(g, results), compared));
        return compared;
    }

    private CommittedLog logs(String option, String byDefault) {
        return new CommittedLog(admin, client, Generations.topics(runs.values(), option, byDefault));
    }

    private void read(ConsumerRecord<byte[], byte[]> record, CommittedLog results) {
        Optional<PublishedResult> result = PublishedResult.read(CommittedLog.json(record));
        if (result.isPresent()) {
            windows.revise(result.get(), record.topic(), results.expiredBefore(record));
        } else if (windows.isAtFirst()) {
            findings.foreign("result", record);
        }
    }

    private void comparePartitions(RejectCheck late, RejectCheck rejected, Findings compared) {
        for (PartitionAudit partition : partitions.all()) {
            rejected.compare(partition, "", compared);
            partition.lastLine().specs().forEach(spec -> late.compare(partition, spec.spec(), compared));
            if (partitions.isNewest(partition.key())) {
                compared.count("unaudited", unaudited(partition) + unread(partition.key()));
            }
        }
    }

    private long unaudited(PartitionAudit partition) {
        TopicPartition inKafka =
                new TopicPartition(partition.key().topic(), partition.key().partition());
        return topicOf(partition.key())
                .map(t -> Topics.highWatermarks(admin, List.of(inKafka)).get(inKafka))
                .map(end -> Math.max(0, end - partition.lastLine().last() - 1))
                .orElse(0L);
    }

    /** The number of offsets in partitions of the topic without lines; counted once, with the first partition that has lines. */
    private long unread(Key key) {
        if (!fromEarliest(key) || !partitions.isFirstOfItsTopic(key)) {
            return 0;
        }
        List<TopicPartition> unread = partitionsBeside(partitions.known(JobGeneration.of(key)), key);
        Map<TopicPartition, Long> starts = Topics.starts(admin, unread);
        return Topics.highWatermarks(admin, unread).entrySet().stream()
                .mapToLong(end -> end.getValue() - starts.get(end.getKey()))
                .sum();
    }

    /** The partitions of the key's topic that are not in {@code known}; empty when the topic no longer exists. */
    private List<TopicPartition> partitionsBeside(Collection<PartitionAudit> known, Key key) {
        Set<Integer> audited = known.stream()
                .map(PartitionAudit::key)
                .filter(other -> other.topicId().equals(key.topicId()))
                .map(Key::partition)
                .collect(Collectors.toSet());
        return topicOf(key).map(Topics::partitions).orElse(List.of()).stream()
                .filter(partition -> !audited.contains(partition.partition()))
                .toList();
    }

    private Optional<TopicDescription> topicOf(Key key) {
        return Topics.find(admin, key.topic(), key.topicId());
    }

    private WindowCheck.Closing closing(JobGeneration generation, CommittedLog results) {
        List<PartitionAudit> read = partitions.of(generation);
        Collection<PartitionAudit> known = partitions.known(generation);
        boolean allKnown = known.stream()
                .allMatch(partition -> partitionsBeside(known, partition.key()).isEmpty());
        JobRun run = runs.get(generation);
        return new WindowCheck.Closing(
                generation,
                spec -> allKnown ? closed(known, spec) : Instant.MIN,
                known.stream()
                        .filter(partition -> auditExpired)
                        .map(PartitionAudit::begunAt)
                        .flatMap(Optional::stream)
                        .max(Instant::compareTo),
                read.stream().anyMatch(partition -> partitions.isNewest(partition.key())),
                run == null ? RESULTS : run.setting("results-topic", RESULTS),
                results.retainedFrom());
    }

    private static Instant closed(Collection<PartitionAudit> read, String spec) {
        return read.stream()
                .map(partition -> partition.horizon(spec).orElse(Instant.MIN))
                .min(Instant::compareTo)
                .orElse(Instant.MIN);
    }
}
