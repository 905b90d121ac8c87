// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.AuditLine.Key;
import dev.streampane.local.BooksReport.Finding;
import dev.streampane.local.BooksReport.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
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
public final class Books {

    private static final String AUDIT = "audit";

    /** How long a transaction beside the audit line's own may take to be committed. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final Map<Key, PartitionBook> partitions = new LinkedHashMap<>();
    private final Map<WindowKey, WindowBook> windows = new HashMap<>();
    private final Map<JobGeneration, Integer> predecessors = new HashMap<>();

    /** What a successor, restored from older state, repeats of its predecessor's lines. */
    private final Map<WindowKey, WindowBook> repeated = new HashMap<>();

    private final Findings findings = new Findings();
    private final String bootstrapServers;
    private final Admin admin;
    private final HoleReader holes;
    private final Map<JobGeneration, JobRun> runs;

    /** Whether the audit's first lines are gone, so that what continues them cannot be checked. */
    private boolean auditExpired;

    private record JobGeneration(String job, int generation) {}

    private record WindowKey(String job, int generation, String spec) {}

    private Books(String bootstrapServers, Admin admin, HoleReader holes) {
        this.bootstrapServers = bootstrapServers;
        this.admin = admin;
        this.holes = holes;
        this.runs =
                Generations.all(bootstrapServers).stream()
                        .collect(
                                Collectors.toMap(
                                        run -> new JobGeneration(run.job(), run.generation()),
                                        run -> run));
    }

    /**
     * Reads the topics from their first records up to now and says what it finds.
     *
     * @param bootstrapServers the broker that holds inputs, results and audit
     */
    public static BooksReport check(String bootstrapServers) {
        return check(bootstrapServers, GRACE);
    }

    static BooksReport check(String bootstrapServers, Duration grace) {
        try (Admin admin = Topics.admin(bootstrapServers);
                HoleReader holes = new HoleReader(admin, bootstrapServers)) {
            return new Books(bootstrapServers, admin, holes).check(grace);
        }
    }

    private BooksReport check(Duration grace) {

        try (CommittedLog audit = new CommittedLog(admin, bootstrapServers, AUDIT)) {
            auditExpired = audit.expired();
            audit.readToEnd(record -> read(Json.read(record.value()), record.timestamp()));
            partitions.values().forEach(book -> finish(book));
        }
        try (ResultLogs results = new ResultLogs(topics("results-topic", "window-results"));
                VerdictBook late =
                        new VerdictBook(
                                "late",
                                admin,
                                bootstrapServers,
                                topics("late-topic", "late-records"));
                VerdictBook rejected =
                        new VerdictBook(
                                "rejected",
                                admin,
                                bootstrapServers,
                                topics("dead-letters-topic", "dead-letters"))) {
            long deadline = System.nanoTime() + grace.toNanos();
            while (true) {
                results.readToEnd();
                late.readToEnd();
                rejected.readToEnd();
                Findings compared = compare(results, late, rejected);
                boolean heldBack = results.heldBack() || late.heldBack() || rejected.heldBack();
                if (compared.missing.isEmpty() || System.nanoTime() > deadline) {
                    return report(
                            findings.with(late.findings()).with(rejected.findings()).with(compared),
                            heldBack);
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        }
    }

    private Set<String> topics(String option, String byDefault) {
        Set<String> topics =
                runs.values().stream()
                        .map(run -> run.setting(option, byDefault))
                        .collect(Collectors.toSet());
        return topics.isEmpty() ? Set.of(byDefault) : topics;
    }

    private void read(JsonNode json, long writtenAt) {
        if (json.path("kind").asText().equals("correction")) {
            windowBook(json)
                    .counted(
                            Instant.parse(json.path("windowEnd").asText()),
                            -json.path("count").asLong());
            findings.count("corrections", json.path("count").asLong());
            return;
        }
        AuditLine line = AuditLine.parse(json, writtenAt);
        PartitionBook book = partitions.get(line.key());
        if (book == null) {
            finishPredecessors(line.key());
            book = new PartitionBook(line.key());
            partitions.put(line.key(), book);
        }
        for (AuditLine next : book.inOrder(line)) {
            add(book, next);
        }
    }

    private void finishPredecessors(Key key) {
        partitions.values().stream()
                .filter(book -> precedes(book.key(), key))
                .forEach(book -> finish(book));
    }

    private void finish(PartitionBook book) {
        book.rest().forEach(line -> add(book, line));
    }

    private void add(PartitionBook book, AuditLine line) {
        if (book.isEmpty()) {
            begin(line);
        }
        book.add(line, findings);
        line.holes().forEach(hole -> holes.check("swallowed", line.key(), hole, findings));
        line.specs().stream()
                .filter(AuditLine.Spec::tumbling)
                .forEach(spec -> spec.windows().forEach(windowBook(line.key(), spec)::counted));
    }

    private WindowBook windowBook(JsonNode of) {
        return windows.computeIfAbsent(
                new WindowKey(
                        of.path("job").asText(),
                        of.path("generation").asInt(),
                        of.path("spec").asText()),
                k -> new WindowBook());
    }

    private WindowBook windowBook(Key key, AuditLine.Spec spec) {
        return windows.computeIfAbsent(
                new WindowKey(key.job(), key.generation(), spec.spec()), k -> new WindowBook());
    }

    /** The first line of a partition: it goes on from a predecessor's state, or begins its log. */
    private void begin(AuditLine line) {
        Key key = line.key();
        Optional<PartitionBook> predecessor =
                partitions.values().stream()
                        .filter(book -> precedes(book.key(), key) && book.reaches(line.first()))
                        .reduce((older, newer) -> newer);
        if (line.clockBefore().isPresent() && predecessor.isPresent()) {
            continueFrom(predecessor.get(), line);
        } else if (line.clockBefore().isPresent() && !auditExpired) {
            findings.error(
                    "lines",
                    key,
                    "the line from offset %d on continues one that is not in the audit"
                            .formatted(line.first()));
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

    private void continueFrom(PartitionBook predecessor, AuditLine line) {
        Key key = line.key();
        predecessors.put(
                new JobGeneration(key.job(), key.generation()), predecessor.key().generation());
        if (!predecessor.remembers(line.first())) {
            findings.alarm(
                    "expired", key, "restored from state older than the lines that are kept here");
        }
        for (AuditLine again : predecessor.from(line.first())) {
            for (AuditLine.Spec spec : again.specs()) {
                WindowBook book =
                        repeated.computeIfAbsent(
                                new WindowKey(key.job(), key.generation(), spec.spec()),
                                k -> new WindowBook());
                spec.windows().forEach(book::counted);
            }
        }
    }

    private Findings compare(ResultLogs results, VerdictBook late, VerdictBook rejected) {
        Findings compared = new Findings();
        for (PartitionBook book : partitions.values()) {
            rejected.compare(book, "", compared);
            book.lastLine().specs().forEach(spec -> late.compare(book, spec.spec(), compared));
            if (isNewest(book.key())) {
                compared.count("unaudited", unaudited(book));
            }
        }
        windows.keySet().stream()
                .filter(key -> key.spec().startsWith("tumbling"))
                .forEach(key -> compareWindows(key, results, compared));
        return compared;
    }

    private boolean isNewest(Key key) {
        return partitions.keySet().stream().noneMatch(other -> precedes(key, other));
    }

    private long unaudited(PartitionBook book) {
        TopicPartition partition = new TopicPartition(book.key().topic(), book.key().partition());
        return topicOf(book.key())
                .map(t -> Topics.highWatermarks(admin, List.of(partition)).get(partition))
                .map(end -> Math.max(0, end - book.lastLine().last() - 1))
                .orElse(0L);
    }

    private Optional<TopicDescription> topicOf(Key key) {
        return Topics.find(admin, key.topic())
                .filter(topic -> topic.topicId().toString().equals(key.topicId()));
    }

    private void compareWindows(WindowKey key, ResultLogs results, Findings compared) {
        List<PartitionBook> read =
                partitions.values().stream()
                        .filter(b -> b.key().job().equals(key.job()))
                        .filter(b -> b.key().generation() == key.generation())
                        .toList();
        if (read.isEmpty()) {
            return;
        }
        Instant closed = closed(read, key.spec());
        Instant unknown = auditExpired ? unknownUntil(read) : Instant.MIN;
        boolean newest = read.stream().anyMatch(book -> isNewest(book.key()));
        for (Instant end : windows.get(key).ends()) {
            if (end.isAfter(closed)) {
                compared.count("settling", newest ? 1 : 0);
            } else if (end.isAfter(unknown)) {
                compareWindow(key, end, results, compared);
            }
        }
    }

    /** The H of the partition that is furthest behind; MIN where one was not heard of at all. */
    private Instant closed(List<PartitionBook> read, String spec) {
        for (PartitionBook book : read) {
            long heardOf =
                    read.stream()
                            .filter(b -> b.key().topicId().equals(book.key().topicId()))
                            .count();
            if (topicOf(book.key()).filter(t -> t.partitions().size() > heardOf).isPresent()) {
                return Instant.MIN;
            }
        }
        return read.stream()
                .map(book -> book.horizon(spec).orElse(Instant.MIN))
                .min(Instant::compareTo)
                .orElse(Instant.MIN);
    }

    /** Where the first lines have expired: ends up to which windows may have counted in those. */
    private static Instant unknownUntil(List<PartitionBook> read) {
        return read.stream()
                .map(book -> book.firstLine().clockBefore())
                .flatMap(Optional::stream)
                .max(Instant::compareTo)
                .map(clock -> clock.plus(Duration.ofDays(1)))
                .orElse(Instant.MIN);
    }

    private void compareWindow(WindowKey key, Instant end, ResultLogs results, Findings compared) {
        long lines = 0;
        Map<String, Long> counts = new TreeMap<>();
        Integer generation = key.generation();
        while (generation != null) {
            WindowKey part = new WindowKey(key.job(), generation, key.spec());
            WindowBook book = windows.getOrDefault(part, new WindowBook());
            lines += book.byLines(end);
            book.byResults(end).forEach(counts::putIfAbsent);
            generation = predecessors.get(new JobGeneration(key.job(), generation));
            if (generation != null) {
                lines -= repeated.getOrDefault(part, new WindowBook()).byLines(end);
            }
        }
        long published = counts.values().stream().mapToLong(Long::longValue).sum();
        Finding finding =
                new Finding(
                        "windows",
                        key.job(),
                        key.generation(),
                        results.topic(key),
                        -1,
                        "%s ending %s: %d counted by the lines, %d by the last revisions of %d keys"
                                .formatted(key.spec(), end, lines, published, counts.size()));
        if (published == lines) {
            compared.count("balanced", 1);
        } else if (published > lines) {
            compared.error(finding);
        } else if (results.expired()) {
            compared.alarm(finding);
        } else {
            compared.missing(finding);
        }
    }

    private static BooksReport report(Findings all, boolean heldBack) {
        all.missing.forEach(heldBack ? all::alarm : all::error);
        boolean nothingSettled =
                !all.counts.containsKey("lines")
                        || all.counts.getOrDefault("balanced", 0L) == 0
                                && all.counts.getOrDefault("settling", 0L) > 0;
        boolean waits = heldBack && !all.missing.isEmpty();
        Verdict verdict =
                !all.errors.isEmpty()
                        ? Verdict.BROKEN
                        : nothingSettled || waits ? Verdict.SETTLING : Verdict.BALANCED;
        return new BooksReport(verdict, all.errors, all.alarms, all.counts);
    }

    /** The result topics of all jobs. */
    private final class ResultLogs implements AutoCloseable {

        private final List<CommittedLog> logs = new ArrayList<>();

        ResultLogs(Set<String> topics) {
            topics.forEach(topic -> logs.add(new CommittedLog(admin, bootstrapServers, topic)));
        }

        void readToEnd() {
            logs.forEach(log -> log.readToEnd(r -> read(r.topic(), Json.read(r.value()))));
        }

        private void read(String topic, JsonNode result) {
            Instant end = Instant.parse(result.path("window").path("end").asText());
            int rev = result.path("rev").asInt();
            int before =
                    windowBook(result)
                            .revised(
                                    end,
                                    result.path("key").asText(),
                                    rev,
                                    result.path("count").asLong());
            if (rev != before + 1) {
                findings.error(
                        new Finding(
                                "revisions",
                                result.path("job").asText(),
                                result.path("generation").asInt(),
                                topic,
                                -1,
                                "%s: revision %d follows %d"
                                        .formatted(result.path("id").asText(), rev, before)));
            }
        }

        String topic(WindowKey key) {
            JobRun run = runs.get(new JobGeneration(key.job(), key.generation()));
            return run == null ? "window-results" : run.setting("results-topic", "window-results");
        }

        boolean expired() {
            return logs.stream().anyMatch(CommittedLog::expired);
        }

        boolean heldBack() {
            return logs.stream().anyMatch(CommittedLog::heldBack);
        }

        @Override
        public void close() {
            logs.forEach(CommittedLog::close);
        }
    }
}
