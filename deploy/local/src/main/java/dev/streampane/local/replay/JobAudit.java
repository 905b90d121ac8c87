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
 * What the audit says of one job, by generation. Lines about offsets that are gone are left out, so that no more is kept than the inputs
 * are.
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

    /** A start that was at work at that time, ms since the epoch. */
    record Start(int generation, long at) {}

    /** One generation. */
    private static final class Generation {
        private final List<AuditLine> lines = new ArrayList<>();
        private final Map<TopicPartition, Map<Long, List<AuditLine>>> rests = new HashMap<>();
        private final Map<TopicPartition, AuditLine> firsts = new HashMap<>();
        private final Map<TopicPartition, AuditLine> expired = new HashMap<>();
        private final Map<String, Map<TopicPartition, AuditLine>> newest = new HashMap<>();
        private final Map<TopicPartition, NavigableMap<Long, Written>> writtenAt = new HashMap<>();
        private final Map<String, NavigableSet<Instant>> correctedEnds = new HashMap<>();
    }

    private JobAudit(Admin admin, String job) {
        this.admin = admin;
        this.job = job;
    }

    /** Reads the audit from its first record up to now, from each of the topics that the job's generations wrote it to. */
    static JobAudit read(Admin admin, String bootstrapServers, String job, Set<String> topics) {
        JobAudit audit = new JobAudit(admin, job);
        try (CommittedLog logs = new CommittedLog(admin, Topics.client(bootstrapServers), topics)) {
            logs.readToEnd(record -> {
                if (record.key() != null && AuditLine.isKeyOf(job, record.key())) {
                    audit.add(CommittedLog.json(record), record.timestamp());
                }
            });
        }
        return audit;
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

    /** What is known of a generation; one that nothing was known of is there from then on. */
    private Generation generation(int number) {
        return byGeneration.computeIfAbsent(number, g -> new Generation());
    }

    private void add(AuditLine line, long writtenAt) {
        Generation ofOne = generation(line.key().generation());
        TopicPartition partition = ReplayPlan.partition(line);
        if (line.isRest()) {
            ofOne.rests
                    .computeIfAbsent(partition, p -> new HashMap<>())
                    .computeIfAbsent(line.last(), last -> new ArrayList<>())
                    .add(line);
            return;
        }
        ofOne.firsts.merge(partition, line, (a, b) -> a.first() <= b.first() ? a : b);
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

    /** Whose lines they are. */
    String job() {
        return job;
    }

    /** The generations that have lines. */
    Set<Integer> generations() {
        return byGeneration.keySet();
    }

    /** Lines of a generation whose offsets are still there. */
    List<AuditLine> lines(int generation) {
        return byGeneration.get(generation).lines;
    }

    /** A line of a generation, and the lines without offsets that tell the rest of its rows. */
    Stream<AuditLine> withRests(int generation, AuditLine line) {
        return Stream.concat(
                Stream.of(line),
                byGeneration
                        .get(generation)
                        .rests
                        .getOrDefault(ReplayPlan.partition(line), Map.of())
                        .getOrDefault(line.last(), List.of())
                        .stream());
    }

    /**
     * Which start read a line's records: the one that wrote it, or the line before it where it was open at a stop, which may be of an older
     * generation; the first of its own where there is none.
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

    /** Of the lines of a generation whose offsets are gone, wholly or in part, the newest of each partition. */
    Collection<AuditLine> expired(int generation) {
        return byGeneration.get(generation).expired.values();
    }

    /** Whether a generation is the other one or went on from its state, also by way of others, so that it did not publish again what that one had. */
    boolean goesOnFrom(int older, int generation) {
        if (older >= generation) {
            return older == generation;
        }
        Collection<AuditLine> firsts = byGeneration.get(generation).firsts.values();
        Integer before = firsts.stream()
                .flatMap(line -> line.readBy().stream())
                .max(Comparator.naturalOrder())
                .or(() -> firsts.stream() // of a version that did not write it
                        .filter(AuditLine::restored)
                        .map(line -> readBy(generation, line).generation())
                        .filter(reader -> reader < generation)
                        .max(Comparator.naturalOrder()))
                .orElseGet(() -> byGeneration.lowerKey(generation));
        return firsts.stream().anyMatch(AuditLine::goesOn)
                && (before == null || !byGeneration.containsKey(before) || goesOnFrom(older, before));
    }

    /** Whether something that had been counted in the window, or that would have joined it to another session, was dropped later. */
    boolean isCorrected(int generation, PublishedResult row) {
        NavigableSet<Instant> ends =
                byGeneration.get(generation).correctedEnds.getOrDefault(row.spec(), Collections.emptyNavigableSet());
        WindowSpec spec = WindowSpecParser.find(row.spec()).orElse(null);
        if (spec instanceof WindowSpec.Sliding) {
            // the first end of those with the dropped row
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
     * When the newest line was written that tells of a result's inputs, which the result follows: ms since the epoch, {@link
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
     * Up to where windows must have been published: {@code C - B} of the partition that is furthest behind, before its newest line; {@link
     * Instant#MIN} where a partition has no line.
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
