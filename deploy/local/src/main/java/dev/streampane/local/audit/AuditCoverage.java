// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import dev.streampane.contract.AuditLine;
import dev.streampane.contract.AuditLine.OffsetRange;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.PublishedResult;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.local.log.CommittedLog;
import dev.streampane.local.log.Topics;
import dev.streampane.local.state.Generations;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** What the newest generation of a job has read and closed, by its audit lines, compared with the generations before it. */
final class AuditCoverage {

    private final JobRun run;
    private final Map<TopicPartition, OffsetRange> ranges = new HashMap<>();
    private final Map<TopicPartition, Instant> horizons = new HashMap<>();
    private final Map<Integer, Set<Log>> logs = new HashMap<>();
    private Optional<Instant> lastClock = Optional.empty();
    private final boolean allPartitions;

    private record Log(String topic, String topicId) {}

    /**
     * Reads the audit from its first line on.
     *
     * @param run the newest run of the job
     * @param runs all runs of the job; each may have its own audit topic
     */
    AuditCoverage(String bootstrapServers, JobRun run, List<JobRun> runs) {
        this.run = run;
        try (Admin admin = Topics.admin(bootstrapServers);
                CommittedLog audit =
                        new CommittedLog(admin, Topics.client(bootstrapServers), Generations.auditTopics(runs))) {
            audit.readToEnd(record -> {
                AuditLine.read(CommittedLog.json(record))
                        .filter(line -> line.key().job().equals(run.job()))
                        .ifPresent(this::add);
            });
            allPartitions = ranges.keySet().stream()
                    .map(TopicPartition::topic)
                    .distinct()
                    .allMatch(topic -> hasEveryPartition(admin, topic));
        }
    }

    private void add(AuditLine line) {
        AuditLine.Key key = line.key();
        if (line.isRest()) {
            return;
        }
        logs.computeIfAbsent(key.generation(), generation -> new HashSet<>()).add(new Log(key.topic(), key.topicId()));
        if (key.generation() < run.generation()) {
            lastClock = Stream.of(lastClock, line.clockAfter())
                    .flatMap(Optional::stream)
                    .max(Comparator.naturalOrder());
            return;
        }
        TopicPartition place = new TopicPartition(key.topic(), key.partition());
        // offsets that an older generation read may be counted in windows that were taken over with its state
        long from = line.readBy().isPresent() ? line.last() + 1 : line.first();
        ranges.merge(
                place,
                new OffsetRange(from, line.last()),
                (a, b) -> new OffsetRange(Math.min(a.from(), b.from()), Math.max(a.to(), b.to())));
        line.specs().stream()
                .map(AuditLine.SpecCounts::horizonBefore)
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .ifPresent(h -> horizons.merge(place, h, (a, b) -> a.isAfter(b) ? a : b));
    }

    private boolean hasEveryPartition(Admin admin, String topic) {
        int partitions =
                Topics.find(admin, topic).map(t -> t.partitions().size()).orElse(0);
        return ranges.keySet().stream().filter(p -> p.topic().equals(topic)).count() >= partitions;
    }

    /** The window end up to which every partition had closed its windows before its newest line; empty when one had closed none or has no line. */
    Optional<Instant> closed() {
        return allPartitions && horizons.size() == ranges.size()
                ? horizons.values().stream().min(Comparator.naturalOrder())
                : Optional.empty();
    }

    /** Whether this generation has closed every window that an older one can have published. */
    boolean hasPassedTheOlder() {
        return lastClock.isEmpty()
                || closed().filter(closed -> !closed.isBefore(lastClock.get())).isPresent();
    }

    /**
     * Whether this generation has read every record that a result of an older one counted, and has closed the window. False for a global
     * window: its totals depend on the order of arrival, so they may differ between generations without being wrong.
     */
    boolean covers(PublishedResult result) {
        return !dependsOnArrival(result)
                && !result.inputs().isEmpty()
                && closed().filter(closed -> !result.end().isAfter(closed)).isPresent()
                && readsTheSame(result.generation())
                && result.inputs().stream().allMatch(this::holds);
    }

    private static boolean dependsOnArrival(PublishedResult result) {
        return WindowSpecParser.find(result.spec())
                .filter(WindowSpec::dependsOnArrival)
                .isPresent();
    }

    /** Whether this generation reads the older one's topics, and not topics that were created again under their names. */
    private boolean readsTheSame(int older) {
        Set<Log> read = logs.getOrDefault(older, Set.of());
        return !read.isEmpty() && logs.getOrDefault(run.generation(), Set.of()).containsAll(read);
    }

    private boolean holds(PublishedResult.Input input) {
        if (input.isWholeTopic()) {
            return logs.get(run.generation()).stream()
                            .anyMatch(log -> log.topic().equals(input.topic()))
                    && ranges.entrySet().stream()
                            .filter(e -> e.getKey().topic().equals(input.topic()))
                            .allMatch(e -> e.getValue().from() == 0);
        }
        OffsetRange range = ranges.get(new TopicPartition(input.topic(), input.partition()));
        return range != null && range.from() <= input.first() && input.last() <= range.to();
    }
}
