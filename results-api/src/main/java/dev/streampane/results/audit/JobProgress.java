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

/** How far each job is over all partitions of its inputs. */
@Singleton
public record JobProgress(AuditTotals totals, JobRuns runs, InputTopics inputs) {

    /** Of a job whose output asks for checkpoints: there is one each so often in any case. */
    private static final Duration ON_OUTPUT = Duration.ofSeconds(5);

    private static final Duration AUDIT_INTERVAL = Duration.ofSeconds(10);

    /**
     * How far a job is.
     *
     * @param lags by input partition, those without an audit included
     * @param lag records of its inputs that its audit does not cover yet; empty when that of a partition is unknown
     * @param clock of the slowest partition; empty when one has none yet, or its audit is no longer kept
     */
    public record Progress(
            int generation,
            List<PartitionLag> lags,
            Optional<Long> lag,
            Optional<Instant> clock,
            List<String> stalled) {}

    /**
     * How far a job is in one input partition.
     *
     * @param lag records that its audit does not cover yet; empty when unknown
     */
    record PartitionLag(TopicPartition partition, Optional<Long> lag) {}

    /** Whether all audit lines that there were at the start have been read. */
    public boolean loaded() {
        return totals.loaded();
    }

    /** The jobs that were started or have an audit, by name. */
    public Map<String, Progress> all() {
        return all(totals, runs, inputs.inputs());
    }

    /**
     * Whether records have waited of a job that audits none any more: it does not run, or does not get on. A job that runs writes audit lines
     * of what it has read with the first checkpoint of each audit interval; one that was just started is given the same time.
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

    /** What is not known does not hold it back, but for how long records have waited. */
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

    /** The same of inputs that were just looked at. */
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

    /** How far a job is; {@code lacking}: audits of partitions may be missing. */
    static Progress progress(
            Optional<JobRun> run,
            List<PartitionAudit> audits,
            Map<TopicPartition, InputTopics.Input> found,
            Optional<Integer> begun,
            boolean lacking) {
        Set<String> topics = audits.stream().map(PartitionAudit::topic).collect(Collectors.toCollection(HashSet::new));
        run.flatMap(JobRuns::inputTopic).ifPresent(topics::add);
        Map<TopicPartition, InputTopics.Input> unread = unread(run, audits, topics, found);
        // a run that went on from state does not tell where that began
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

    /** The partitions of {@code topics} that have records and none of {@code audits}, though the job began with the first record. */
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
