// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.contract.Durations;
import dev.streampane.contract.JobRun;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/** The progress of each job over all partitions of its inputs. */
@Singleton
public record JobProgress(AuditTotals totals, JobRuns runs, InputTopics inputs) {

    /** The longest time between checkpoints of a job whose output triggers them. */
    private static final Duration ON_OUTPUT = Duration.ofSeconds(5);

    private static final Duration AUDIT_INTERVAL = Duration.ofSeconds(10);

    /**
     * The progress of a job.
     *
     * @param lags by input partition, those without an audit included
     * @param lag input records that the audit does not cover yet; empty if it is unknown for a partition
     * @param clock clock of the slowest partition; empty if a partition has none yet, or its audit was dropped
     * @param stalled input partitions with neither data nor heartbeats, as {@code topic-partition}
     */
    public record Progress(
            int generation,
            List<PartitionLag> lags,
            Optional<Long> lag,
            Optional<Instant> clock,
            List<String> stalled) {}

    /**
     * The progress of a job in one input partition.
     *
     * @param lag records that the audit does not cover yet; empty if unknown
     */
    record PartitionLag(TopicPartition partition, Optional<Long> lag) {}

    /** Whether all audit lines that the topic had at the start have been read. */
    public boolean loaded() {
        return totals.loaded();
    }

    /** The jobs that were started or have an audit, by name. */
    public Map<String, Progress> all() {
        return all(totals, runs, inputs.inputs());
    }

    /**
     * Whether records wait for a job that no longer audits any: it does not run, or makes no progress. A running job writes audit lines of
     * what it has read with the first checkpoint of each audit interval; a job that was just started gets the same time.
     */
    public boolean halted(String job) {
        Optional<Duration> behind = inputs.behind(job);
        Optional<JobRun> run = runs.newest(job);
        Duration patience = inputs.stalledAfter()
                .plus(interval(run, "checkpoint-interval", ON_OUTPUT))
                .plus(interval(run, "audit-interval", AUDIT_INTERVAL));
        Optional<Duration> running = run.map(
                        started -> started.latest().map(JobRun.Latest::started).orElse(started.started()))
                .map(start -> Duration.between(start, Instant.now()));
        return isHalted(patience, behind, totals.quiet(job), running);
    }

    /**
     * Halted means that every known time is longer than {@code patience}. Unknown times are ignored, except {@code behind}: without it the
     * job is not halted.
     */
    static boolean isHalted(
            Duration patience, Optional<Duration> behind, Optional<Duration> quiet, Optional<Duration> running) {
        return behind.isPresent()
                && Stream.of(behind, quiet, running)
                        .flatMap(Optional::stream)
                        .allMatch(time -> time.compareTo(patience) > 0);
    }

    private static Duration interval(Optional<JobRun> run, String option, Duration otherwise) {
        return run.flatMap(started -> Durations.find(started.latestSetting(option, "")))
                .orElse(otherwise);
    }

    /** Same as {@link #all()}, for inputs that were just looked at. */
    static Map<String, Progress> all(AuditTotals totals, JobRuns runs, Map<TopicPartition, InputTopics.Input> found) {
        Map<String, JobRun> started = runs.newest();
        Map<String, List<PartitionAudit>> kept =
                totals.current().stream().collect(Collectors.groupingBy(PartitionAudit::job));
        Set<String> jobs = new TreeSet<>(started.keySet());
        jobs.addAll(kept.keySet());
        Map<String, Progress> all = new TreeMap<>();
        Set<String> lacking = totals.lacking();
        Map<String, Integer> begun = totals.begun();
        jobs.forEach(job -> all.put(
                job,
                progress(
                        Optional.ofNullable(started.get(job)),
                        kept.getOrDefault(job, List.of()),
                        found,
                        Optional.ofNullable(begun.get(job)),
                        lacking.contains(job))));
        return all;
    }

    /** The progress of a job; {@code lacking}: partition audits may be missing. */
    static Progress progress(
            Optional<JobRun> run,
            List<PartitionAudit> audits,
            Map<TopicPartition, InputTopics.Input> found,
            Optional<Integer> begun,
            boolean lacking) {
        Set<String> topics = audits.stream().map(PartitionAudit::topic).collect(Collectors.toCollection(HashSet::new));
        run.flatMap(JobRuns::inputTopic).ifPresent(topics::add);
        Map<TopicPartition, InputTopics.Input> unread = unread(run, audits, topics, found);
        // a run that continued from state does not say where that state began
        boolean told =
                !lacking && (audits.isEmpty() || run.map(JobRun::generation).equals(begun));
        List<PartitionLag> lags = Stream.concat(
                        audits.stream()
                                .map(partition -> new PartitionLag(partition.topicPartition(), partition.lag(found))),
                        unread.entrySet().stream()
                                .map(input -> new PartitionLag(
                                        input.getKey(),
                                        Optional.of(input.getValue().end()
                                                        - input.getValue().start())
                                                .filter(all -> told))))
                .toList();
        return new Progress(
                Math.max(
                        run.map(JobRun::generation).orElse(0),
                        audits.stream()
                                .mapToInt(PartitionAudit::generation)
                                .max()
                                .orElse(0)),
                lags,
                lags.stream()
                        .map(PartitionLag::lag)
                        .reduce((one, other) -> one.flatMap(lag -> other.map(more -> lag + more)))
                        .flatMap(lag -> lag)
                        .filter(lag -> !lacking),
                !lacking && unread.isEmpty() && audits.stream().allMatch(partition -> partition.clock() != null)
                        ? audits.stream().map(PartitionAudit::clock).min(Instant::compareTo)
                        : Optional.empty(),
                found.entrySet().stream()
                        .filter(input -> input.getValue().stalled()
                                && topics.contains(input.getKey().topic()))
                        .map(input -> input.getKey().toString())
                        .toList());
    }

    /** The partitions of {@code topics} that have records but no audit, for a job that started with the earliest record; empty for any other. */
    static Map<TopicPartition, InputTopics.Input> unread(
            Optional<JobRun> run,
            List<PartitionAudit> audits,
            Set<String> topics,
            Map<TopicPartition, InputTopics.Input> found) {
        if (run.filter(started -> started.setting("start-from", "earliest").equals("earliest"))
                .isEmpty()) {
            return Map.of();
        }
        Set<TopicPartition> read =
                audits.stream().map(PartitionAudit::topicPartition).collect(Collectors.toSet());
        return found.entrySet().stream()
                .filter(input -> topics.contains(input.getKey().topic()) && !read.contains(input.getKey()))
                .filter(input -> input.getValue().end() > input.getValue().start())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
