// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.Key;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import dev.streampane.local.audit.AuditReport.Verdict;
import dev.streampane.local.audit.PartitionAudit.LoggedLine;
import dev.streampane.local.log.CommittedLogs;
import dev.streampane.local.log.Topics;
import dev.streampane.local.state.Generations;
import dev.streampane.local.state.JobGeneration;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Checks from outside, without Flink's code, that every input record of every job was counted in
 * its windows, put aside as late, rejected, or a heartbeat, exactly once.
 *
 * <p>Per job, generation, topic and partition: the audit's lines are contiguous; {@code last -
 * first + 1 = records + holes}; {@code rows = counted + late + rejected + heartbeats} for each
 * specification; nothing can be read at a hole; what the lines call late or rejected is on its
 * topic, by offset, once. Per tumbling window that all partitions have closed (end at or below
 * their H): the lines' counts add up to the counts of the last revisions, and each key's revisions
 * are 1, 2, 3 … without a gap or a repetition.
 *
 * <p>A generation that was restored from another one's state goes on with that one's windows, so
 * both are added up for it.
 *
 * <p>Lines are read one by one and kept in bounded summaries; what grows is one entry per window
 * and key, and one bit per record put aside.
 */
public final class AuditCheck {

    private static final String AUDIT = "audit";
    private static final String RESULTS = "window-results";

    /** Windows are assumed to be no longer where the audit's first lines are gone. */
    private static final Duration LONGEST_WINDOW = Duration.ofDays(1);

    /** How long a transaction beside the audit line's own may take to be committed. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final Map<Key, PartitionAudit> partitions = new LinkedHashMap<>();
    private final WindowCheck windows = new WindowCheck();
    private final Findings findings = new Findings();
    private final Map<String, Object> client;
    private final Admin admin;
    private final HoleReader holes;
    private final Map<JobGeneration, JobRun> runs;

    /** Whether the audit's first lines are gone, so that what continues them cannot be checked. */
    private boolean auditExpired;

    private AuditCheck(Map<String, Object> client, Admin admin, HoleReader holes) {
        this.client = client;
        this.admin = admin;
        this.holes = holes;
        this.runs = Generations.all(client).stream()
                .collect(Collectors.toMap(run -> new JobGeneration(run.job(), run.generation()), Function.identity()));
    }

    /**
     * Reads the topics from their first records up to now and says what it finds.
     *
     * @param bootstrapServers the broker that holds inputs, results and audit
     */
    public static AuditReport check(String bootstrapServers) {
        return check(Topics.client(bootstrapServers));
    }

    /**
     * The same of brokers that do not speak with everyone.
     *
     * @param client settings of a Kafka client that may read all topics
     */
    public static AuditReport check(Map<String, Object> client) {
        return check(client, GRACE);
    }

    static AuditReport check(Map<String, Object> client, Duration grace) {
        try (Admin admin = Topics.admin(client);
                HoleReader holes = new HoleReader(admin, client)) {
            AuditCheck check = new AuditCheck(client, admin, holes);
            check.readAudit();
            return check.compareWithTopics(grace);
        }
    }

    private void readAudit() {
        try (CommittedLogs audit = logs("audit-topic", AUDIT)) {
            auditExpired = audit.expired();
            audit.readToEnd(record -> read(Json.read(record.value()), record.timestamp()));
            partitions.values().forEach(this::finish);
        }
    }

    private void read(JsonNode json, long writtenAt) {
        Optional<AuditCorrection> correction = AuditCorrection.read(json);
        if (correction.isPresent()) {
            windows.correct(correction.get());
            findings.count("corrections", correction.get().count());
            return;
        }
        AuditLine line = AuditLines.read(json);
        PartitionAudit partition = partitions.get(line.key());
        if (partition == null) {
            partitions.values().stream()
                    .filter(older -> precedes(older.key(), line.key()))
                    .forEach(this::finish);
            partition = new PartitionAudit(line.key());
            partitions.put(line.key(), partition);
        }
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
        line.holes().forEach(hole -> holes.check("swallowed", line.key(), hole, findings));
    }

    /** The first line of a partition: it goes on from a predecessor's state, or begins its log. */
    private void begin(AuditLine line) {
        Key key = line.key();
        Optional<PartitionAudit> predecessor = partitions.values().stream()
                .filter(partition -> precedes(partition.key(), key) && partition.reaches(line.first()))
                .reduce((older, newer) -> newer);
        if (line.clockBefore().isPresent() && predecessor.isPresent()) {
            windows.goOn(predecessor.get(), line);
            if (!predecessor.get().remembers(line.first())) {
                findings.alarm("expired", key, "restored from state older than the kept lines");
            }
        } else if (line.clockBefore().isPresent() && !auditExpired) {
            findings.error(
                    "lines",
                    key,
                    "the line from offset %d on continues one that is not in the audit".formatted(line.first()));
        } else if (predecessor.isEmpty() && !auditExpired && fromEarliest(key)) {
            holes.checkBefore(key, line.first(), findings);
        }
    }

    private static boolean precedes(Key older, Key newer) {
        return older.generation() < newer.generation()
                && older.job().equals(newer.job())
                && older.topicId().equals(newer.topicId())
                && older.partition() == newer.partition();
    }

    private boolean fromEarliest(Key key) {
        JobRun run = runs.get(new JobGeneration(key.job(), key.generation()));
        return run != null && run.setting("start-from", "earliest").equals("earliest");
    }

    private AuditReport compareWithTopics(Duration grace) {
        try (CommittedLogs results = logs("results-topic", RESULTS);
                RejectCheck late = new RejectCheck("late", logs("late-topic", "late-records"));
                RejectCheck rejected = new RejectCheck("rejected", logs("dead-letters-topic", "dead-letters"))) {
            long deadline = System.nanoTime() + grace.toNanos();
            while (true) {
                results.readToEnd(record -> read(record, results));
                late.readToEnd();
                rejected.readToEnd();
                Findings compared = new Findings();
                comparePartitions(late, rejected, compared);
                generations().forEach(g -> windows.compare(closing(g, results), compared));
                boolean heldBack = results.heldBack() || late.heldBack() || rejected.heldBack();
                if (compared.missing.isEmpty() || System.nanoTime() > deadline) {
                    return report(
                            findings.with(late.findings())
                                    .with(rejected.findings())
                                    .with(compared),
                            heldBack);
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        }
    }

    private CommittedLogs logs(String option, String byDefault) {
        return new CommittedLogs(admin, client, Generations.topics(runs.values(), option, byDefault));
    }

    private void read(ConsumerRecord<byte[], byte[]> record, CommittedLogs results) {
        JsonNode json = Json.read(record.value());
        PublishedResult result =
                PublishedResult.read(json).orElseThrow(() -> new IllegalStateException("no result: " + json));
        windows.revise(result, record.topic(), results.expiredBefore(record)).ifPresent(findings::error);
    }

    private void comparePartitions(RejectCheck late, RejectCheck rejected, Findings compared) {
        for (PartitionAudit partition : partitions.values()) {
            rejected.compare(partition, "", compared);
            partition.lastLine().specs().forEach(spec -> late.compare(partition, spec.spec(), compared));
            if (isNewest(partition.key())) {
                compared.count("unaudited", unaudited(partition));
                unread(partition.key()).ifPresent(offsets -> compared.count("unaudited", offsets));
            }
        }
    }

    /** The offsets of the topic's partitions that the generation does not know, told with the first partition of which it has lines. */
    private Optional<Long> unread(Key key) {
        boolean isFirst = partitions.keySet().stream()
                .filter(other -> isOfTheSameRun(other, key))
                .allMatch(other -> other.partition() >= key.partition());
        if (!fromEarliest(key) || !isFirst) {
            return Optional.empty();
        }
        Set<Integer> read = known(new JobGeneration(key.job(), key.generation())).stream()
                .map(PartitionAudit::key)
                .filter(other -> other.topicId().equals(key.topicId()))
                .map(Key::partition)
                .collect(Collectors.toSet());
        return topicOf(key).map(topic -> {
            List<TopicPartition> unread = topic.partitions().stream()
                    .filter(partition -> !read.contains(partition.partition()))
                    .map(partition -> new TopicPartition(key.topic(), partition.partition()))
                    .toList();
            Map<TopicPartition, Long> starts = Topics.starts(admin, unread);
            return Topics.highWatermarks(admin, unread).entrySet().stream()
                    .mapToLong(end -> end.getValue() - starts.get(end.getKey()))
                    .sum();
        });
    }

    private static boolean isOfTheSameRun(Key one, Key other) {
        return one.generation() == other.generation()
                && one.job().equals(other.job())
                && one.topicId().equals(other.topicId());
    }

    private boolean isNewest(Key key) {
        return partitions.keySet().stream().noneMatch(other -> precedes(key, other));
    }

    private long unaudited(PartitionAudit partition) {
        TopicPartition inKafka =
                new TopicPartition(partition.key().topic(), partition.key().partition());
        return topicOf(partition.key())
                .map(t -> Topics.highWatermarks(admin, List.of(inKafka)).get(inKafka))
                .map(end -> Math.max(0, end - partition.lastLine().last() - 1))
                .orElse(0L);
    }

    private Optional<TopicDescription> topicOf(Key key) {
        return Topics.find(admin, key.topic(), key.topicId());
    }

    private Set<JobGeneration> generations() {
        return partitions.keySet().stream()
                .map(key -> new JobGeneration(key.job(), key.generation()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private List<PartitionAudit> read(JobGeneration generation) {
        return partitions.values().stream()
                .filter(b -> b.key().job().equals(generation.job()))
                .filter(b -> b.key().generation() == generation.generation())
                .toList();
    }

    /** The newest lines of each partition: of the generation, and of those before it as far as each went on from state. */
    private Collection<PartitionAudit> known(JobGeneration generation) {
        int begun = generations().stream()
                .filter(other -> other.job().equals(generation.job()))
                .filter(other -> other.generation() <= generation.generation())
                .filter(other -> read(other).stream().noneMatch(this::goesOn))
                .mapToInt(JobGeneration::generation)
                .max()
                .orElse(0);
        Set<String> topicIds = read(generation).stream()
                .map(partition -> partition.key().topicId())
                .collect(Collectors.toSet());
        return partitions.values().stream()
                .filter(b -> b.key().job().equals(generation.job()))
                .filter(b -> topicIds.contains(b.key().topicId()))
                .filter(b -> begun <= b.key().generation() && b.key().generation() <= generation.generation())
                .collect(Collectors.toMap(
                        b -> List.of(b.key().topicId(), b.key().partition()),
                        Function.identity(),
                        BinaryOperator.maxBy(
                                Comparator.comparingInt(b -> b.key().generation()))))
                .values();
    }

    /** Whether the first line goes on where an older generation ended: it has a clock then, or those before it had none, as without windows. */
    private boolean goesOn(PartitionAudit partition) {
        AuditLine first = partition.firstLine();
        return first.clockBefore().isPresent()
                || partitions.values().stream()
                        .filter(older -> precedes(older.key(), partition.key()))
                        .map(PartitionAudit::lastLine)
                        .anyMatch(last -> last.clockAfter().isEmpty() && last.last() == first.first() - 1);
    }

    private WindowCheck.Closing closing(JobGeneration generation, CommittedLogs results) {
        List<PartitionAudit> read = read(generation);
        Collection<PartitionAudit> known = known(generation);
        boolean allKnown = known.stream().allMatch(partition -> isEveryPartitionIn(known, partition.key()));
        JobRun run = runs.get(generation);
        return new WindowCheck.Closing(
                generation,
                spec -> allKnown ? closed(known, spec) : Instant.MIN,
                auditExpired ? unknownUntil(read) : Instant.MIN,
                read.stream().anyMatch(partition -> isNewest(partition.key())),
                run == null ? RESULTS : run.setting("results-topic", RESULTS),
                results.retainedFrom());
    }

    /** Whether there are lines of all partitions of the key's topic. */
    private boolean isEveryPartitionIn(Collection<PartitionAudit> read, Key key) {
        long known = read.stream()
                .filter(b -> b.key().topicId().equals(key.topicId()))
                .count();
        return topicOf(key).filter(topic -> topic.partitions().size() > known).isEmpty();
    }

    private static Instant closed(Collection<PartitionAudit> read, String spec) {
        return read.stream()
                .map(partition -> partition.horizon(spec).orElse(Instant.MIN))
                .min(Instant::compareTo)
                .orElse(Instant.MIN);
    }

    /** Where the first lines have expired: ends up to which windows may have counted in those. */
    private static Instant unknownUntil(List<PartitionAudit> read) {
        return read.stream()
                .map(partition -> partition.firstLine().clockBefore())
                .flatMap(Optional::stream)
                .max(Instant::compareTo)
                .map(clock -> clock.plus(LONGEST_WINDOW))
                .orElse(Instant.MIN);
    }

    private static AuditReport report(Findings all, boolean heldBack) {
        all.missing.forEach(heldBack ? all::alarm : all::error);
        boolean nothingSettled = !all.counts.containsKey("lines")
                || all.counts.getOrDefault("balanced", 0L) == 0 && all.counts.getOrDefault("settling", 0L) > 0;
        boolean waits = heldBack && !all.missing.isEmpty();
        Verdict verdict =
                !all.errors.isEmpty() ? Verdict.BROKEN : nothingSettled || waits ? Verdict.SETTLING : Verdict.BALANCED;
        return new AuditReport(verdict, all.errors, all.alarms, all.counts);
    }
}
