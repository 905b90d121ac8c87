// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.replay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/**
 * The audit of one job, by generation. Lines of offsets that are no longer in the log are left out, so that memory is bounded by the
 * retention of the inputs.
 */
final class JobAudit {

    private final Admin admin;
    private final String job;
    private final Map<String, Optional<Input>> inputs = new HashMap<>();
    private final NavigableMap<Integer, Generation> byGeneration = new TreeMap<>();

    /** An input topic as it is now. */
    private record Input(String id, Map<TopicPartition, Long> starts) {}

    /** A line's last offset, and when it was written, ms since the epoch. */
    private record Written(long last, long at) {}

    /** The start of a generation that was running at time {@code at}, ms since the epoch. */
    record Start(int generation, long at) {}

    /** One generation. */
    private static final class Generation {
        private final List<AuditLine> lines = new ArrayList<>();
        private final Map<TopicPartition, Map<Long, List<AuditLine>>> continuationLines = new HashMap<>();
        private final Map<TopicPartition, AuditLine> firstLines = new HashMap<>();
        private final Map<TopicPartition, AuditLine> expired = new HashMap<>();
        private final Map<String, Map<TopicPartition, AuditLine>> newest = new HashMap<>();
        private final Map<TopicPartition, NavigableMap<Long, Written>> writtenAt = new HashMap<>();
        private final Map<String, NavigableSet<Instant>> correctedEnds = new HashMap<>();
    }

    /** Reads the audit from its first record up to now, from all topics that the job's generations wrote it to. */
    JobAudit(Admin admin, String bootstrapServers, String job, Set<String> topics) {
        this.admin = admin;
        this.job = job;
        try (CommittedLog logs = new CommittedLog(admin, Topics.client(bootstrapServers), topics)) {
            logs.readToEnd(record -> {
                if (record.key() != null && AuditLine.isKeyOf(job, record.key())) {
                    add(CommittedLog.json(record), record.timestamp());
                }
            });
        }
    }

    private void add(JsonNode json, long writtenAt) {
        AuditCorrection.read(json)
                .ifPresentOrElse(this::add, () -> AuditLine.read(json).ifPresent(line -> add(line, writtenAt)));
    }

    private void add(AuditCorrection correction) {
        generation(correction.generation())
                .correctedEnds
                .computeIfAbsent(correction.spec(), spec -> new TreeSet<>())
                .add(correction.windowEnd());
    }

    /** The generation with this number; added when it is not known yet. */
    private Generation generation(int number) {
        return byGeneration.computeIfAbsent(number, g -> new Generation());
    }

    private void add(AuditLine line, long writtenAt) {
        Generation ofOne = generation(line.key().generation());
        TopicPartition partition = ReplayPlan.partition(line);
        if (line.isRest()) {
            ofOne.continuationLines
                    .computeIfAbsent(partition, p -> new HashMap<>())
                    .computeIfAbsent(line.last(), last -> new ArrayList<>())
                    .add(line);
            return;
        }
        ofOne.firstLines.merge(partition, line, (a, b) -> a.first() <= b.first() ? a : b);
        line.specs().forEach(spec -> ofOne.newest
                .computeIfAbsent(spec.spec(), s -> new HashMap<>())
                .merge(partition, line, JobAudit::later));
        NavigableMap<Long, Written> written = ofOne.writtenAt.computeIfAbsent(partition, p -> new TreeMap<>());
        written.merge(line.first(), new Written(line.last(), writtenAt), (a, b) -> a.at() >= b.at() ? a : b);
        if (isThere(line)) {
            ofOne.lines.add(line);
        } else {
            ofOne.expired.merge(partition, line, JobAudit::later);
            written.headMap(line.first()).clear();
        }
    }

    private static AuditLine later(AuditLine a, AuditLine b) {
        return a.first() >= b.first() ? a : b;
    }

    private boolean isThere(AuditLine line) {
        return input(line.key().topic())
                .filter(input -> input.id().equals(line.key().topicId()))
                .filter(input -> input.starts().get(ReplayPlan.partition(line)) <= line.first())
                .isPresent();
    }

    private Optional<Input> input(String topic) {
        return inputs.computeIfAbsent(topic, name -> Topics.find(admin, name)
                .map(found -> new Input(found.topicId().toString(), Topics.starts(admin, Topics.partitions(found)))));
    }

    /** The job's name. */
    String job() {
        return job;
    }

    /** The generations that have lines or corrections. */
    Set<Integer> generations() {
        return byGeneration.keySet();
    }

    /** The lines of a generation whose offsets are still in the log. */
    List<AuditLine> lines(int generation) {
        return byGeneration.get(generation).lines;
    }

    /** A line of a generation, and the lines without offsets that have the rest of its rows. */
    Stream<AuditLine> withRests(int generation, AuditLine line) {
        return Stream.concat(
                Stream.of(line),
                byGeneration
                        .get(generation)
                        .continuationLines
                        .getOrDefault(ReplayPlan.partition(line), Map.of())
                        .getOrDefault(line.last(), List.of())
                        .stream());
    }

    /**
     * The start that read a line's records: the one that wrote the line or, when the line was open in restored state, the one that wrote the
     * line before it, which may be of an older generation. Without such a line it is the first start of {@code generation}.
     */
    Start readBy(int generation, AuditLine line) {
        return byGeneration.headMap(generation, true).descendingMap().entrySet().stream()
                .flatMap(one -> Optional.ofNullable(one.getValue().writtenAt.get(ReplayPlan.partition(line)))
                        .map(written ->
                                line.restored() ? written.lowerEntry(line.first()) : written.floorEntry(line.first()))
                        .map(Map.Entry::getValue)
                        .filter(written -> !line.restored() || written.last() == line.first() - 1)
                        .map(written -> new Start(one.getKey(), written.at()))
                        .stream())
                .findFirst()
                .orElse(new Start(generation, Long.MIN_VALUE));
    }

    /** For each partition, the newest of those lines whose offsets are no longer in the log, or only in part. */
    Collection<AuditLine> expired(int generation) {
        return byGeneration.get(generation).expired.values();
    }

    /**
     * Whether {@code generation} is {@code older}, or continues its state, directly or through others. Then it does not publish again what {@code
     * older} has published.
     */
    boolean continues(int older, int generation) {
        if (older >= generation) {
            return older == generation;
        }
        Collection<AuditLine> firstLines =
                byGeneration.get(generation).firstLines.values();
        Integer before = firstLines.stream()
                .flatMap(line -> line.readBy().stream())
                .max(Comparator.naturalOrder())
                .or(() -> firstLines.stream() // lines of a version that did not write readBy
                        .filter(AuditLine::restored)
                        .map(line -> readBy(generation, line).generation())
                        .filter(reader -> reader < generation)
                        .max(Comparator.naturalOrder()))
                .orElseGet(() -> byGeneration.lowerKey(generation));
        return firstLines.stream().anyMatch(AuditLine::goesOn)
                && (before == null || !byGeneration.containsKey(before) || continues(older, before));
    }

    /** Whether a row was dropped after it was counted in the window, or a row that would have merged the window with another session. */
    boolean isCorrected(int generation, PublishedResult row) {
        NavigableSet<Instant> ends =
                byGeneration.get(generation).correctedEnds.getOrDefault(row.spec(), Collections.emptyNavigableSet());
        WindowSpec spec = WindowSpecParser.find(row.spec()).orElse(null);
        if (spec instanceof WindowSpec.Sliding) {
            // a correction has the first end of the windows with the dropped row
            return !ends.subSet(row.start(), false, row.end(), true).isEmpty();
        }
        if (spec instanceof WindowSpec.Session session) {
            return !ends.subSet(
                            row.start().minus(session.gap()), true, row.end().plus(session.gap()), true)
                    .isEmpty();
        }
        return ends.contains(row.end());
    }

    /**
     * When the newest line about a result's inputs was written, ms since the epoch; the result is written after it. {@link
     * Long#MIN_VALUE} for a result that names only topics.
     */
    long writtenAt(int generation, PublishedResult result) {
        Map<TopicPartition, NavigableMap<Long, Written>> lines = byGeneration.get(generation).writtenAt;
        return result.inputs().stream()
                .flatMap(input -> Optional.ofNullable(lines.get(new TopicPartition(input.topic(), input.partition())))
                        .map(ofOne -> ofOne.floorEntry(input.last()))
                        .stream())
                .mapToLong(written -> written.getValue().at())
                .max()
                .orElse(Long.MIN_VALUE);
    }

    /**
     * The end up to which windows must have been published: clock minus out-of-orderness, as they were before the newest line, of the partition
     * that is furthest behind; {@link Instant#MIN} when a partition has no line.
     */
    Instant due(int generation, String spec) {
        var newest =
                byGeneration.get(generation).newest.getOrDefault(spec, Map.of()).values();
        boolean allKnown = newest.stream().allMatch(line -> input(line.key().topic())
                .filter(t -> t.starts().size() <= newest.size())
                .isPresent());
        return allKnown
                ? newest.stream().map(JobAudit::passed).min(Instant::compareTo).orElse(Instant.MIN)
                : Instant.MIN;
    }

    private static Instant passed(AuditLine line) {
        return line.clockBefore()
                .map(clock -> clock.minus(line.settings().outOfOrderness()))
                .orElse(Instant.MIN);
    }
}
