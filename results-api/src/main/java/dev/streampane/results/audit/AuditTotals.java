// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.KafkaAccess;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Adds up all audit lines of all jobs, per generation and input partition. Thread-safe. */
@ApplicationScoped
public class AuditTotals {

    /** Most jobs remembered as unguarded or as lacking partition audits; at this number, every job counts as such. */
    private static final int MAX_JOBS = 1_000;

    private static final Comparator<AuditLine.Key> ORDER = Comparator.comparing(AuditLine.Key::job)
            .thenComparing(Comparator.comparing(AuditLine.Key::generation).reversed())
            .thenComparing(AuditLine.Key::topic)
            .thenComparing(AuditLine.Key::topicId)
            .thenComparing(AuditLine.Key::partition);

    private final Map<AuditLine.Key, PartitionTotals> partitions = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Integer> evicted = new HashMap<>();
    private final Set<String> unguarded = ConcurrentHashMap.newKeySet();

    /** When the newest line of each job arrived here, by {@link System#nanoTime}. */
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    private final CommittedTopic topic;
    private final ResultsConfig config;

    AuditTotals(KafkaAccess kafka, ResultsConfig config, MeterRegistry metrics) {
        this.config = config;
        this.topic = new CommittedTopic(kafka, config.auditTopic(), this::clear, this::add);
        metrics.gauge("streampane.audit.unbalanced", this, totals -> totals.unbalanced()
                .size());
    }

    void start(@Observes StartupEvent event) {
        topic.follow();
    }

    void stop(@Observes @Priority(2_000) ShutdownEvent event) {
        topic.close();
    }

    /** Whether all lines that the topic had at the start are added up. */
    public boolean loaded() {
        return topic.loaded();
    }

    /** Whether the reading thread is alive and not stuck. */
    public boolean alive() {
        return topic.alive();
    }

    /** Whether a job has read records without an append time, whose event times could not be checked against it. */
    public boolean unguarded(String job) {
        return unguarded.contains(job) || unguarded.size() >= MAX_JOBS;
    }

    /** How long ago the newest line of the job arrived. Empty if none has arrived; zero if that is unknown because of too many jobs. */
    Optional<Duration> quiet(String job) {
        Optional<Duration> quiet =
                Optional.ofNullable(heard.get(job)).map(since -> Duration.ofNanos(System.nanoTime() - since));
        return quiet.isEmpty() && heard.size() >= MAX_JOBS ? Optional.of(Duration.ZERO) : quiet;
    }

    /** All partition audits by job, newest generation first, topic and partition. */
    public synchronized List<PartitionAudit> all() {
        return partitions.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(ORDER))
                .map(entry -> entry.getValue().snapshot())
                .toList();
    }

    /** Whether the audit of any job covers the topic. */
    public synchronized boolean coverTopic(String name) {
        return partitions.keySet().stream().anyMatch(key -> key.topic().equals(name));
    }

    /** The partition audits of each job's newest generation. */
    public List<PartitionAudit> newest() {
        Map<String, Integer> newest = new HashMap<>();
        return all().stream()
                .filter(one -> one.generation() == newest.computeIfAbsent(one.job(), first -> one.generation()))
                .toList();
    }

    /**
     * The newest audit of each input partition of each job: from its newest generation, or from an older one whose state that continues.
     * Audits from before a generation that started without state are left out.
     */
    List<PartitionAudit> current() {
        return current(all(), begun());
    }

    /**
     * The newest audit of each partition in {@code audits}, which have the order of {@link #all}; none of a generation before the job's in
     * {@code begun}.
     */
    static List<PartitionAudit> current(List<PartitionAudit> audits, Map<String, Integer> begun) {
        Set<AuditLine.Key> known = new HashSet<>();
        return audits.stream()
                .filter(one -> one.generation() >= begun.getOrDefault(one.job(), 0))
                .filter(one -> known.add(new AuditLine.Key(one.job(), 0, one.topic(), one.topicId(), one.partition())))
                .toList();
    }

    /**
     * The newest generation of each job that started without state; later generations continue its state. A job is absent if all its known
     * generations continued from state.
     */
    synchronized Map<String, Integer> begun() {
        Map<AuditLine.Key, Set<Long>> ends = new HashMap<>();
        partitions.forEach((key, one) -> one.endWithoutClock()
                .ifPresent(end -> ends.computeIfAbsent(anyGeneration(key), k -> new HashSet<>())
                        .add(end)));
        Set<Run> goingOn = partitions.entrySet().stream()
                .filter(one -> one.getValue().goesOnFrom(ends.getOrDefault(anyGeneration(one.getKey()), Set.of())))
                .map(one -> Run.of(one.getKey()))
                .collect(Collectors.toSet());
        return partitions.keySet().stream()
                .map(Run::of)
                .filter(run -> !goingOn.contains(run))
                .collect(Collectors.toMap(Run::job, Run::generation, Math::max));
    }

    /** Whether partition audits of the job, or of any job, were dropped: some are then missing, and the sums of others may have started again. */
    public synchronized boolean truncated(Optional<String> job) {
        return evicted.size() >= MAX_JOBS || job.map(evicted::containsKey).orElse(!evicted.isEmpty());
    }

    /** The jobs for which partition audits that {@link #current} should have were dropped. */
    synchronized Set<String> lacking() {
        Map<String, Integer> begun = begun();
        Set<Run> timed = partitions.entrySet().stream()
                .filter(one -> one.getValue().hasClock())
                .map(one -> Run.of(one.getKey()))
                .collect(Collectors.toSet());
        partitions.forEach((key, one) -> {
            if (one.mayGoOn() && !timed.contains(Run.of(key))) {
                begun.remove(key.job(), key.generation());
            }
        });
        return Stream.concat(partitions.keySet().stream().map(AuditLine.Key::job), evicted.keySet().stream())
                .filter(job ->
                        evicted.size() >= MAX_JOBS || evicted.getOrDefault(job, -1) >= begun.getOrDefault(job, 0))
                .collect(Collectors.toSet());
    }

    private record Run(String job, int generation) {

        static Run of(AuditLine.Key key) {
            return new Run(key.job(), key.generation());
        }
    }

    private static AuditLine.Key anyGeneration(AuditLine.Key key) {
        return new AuditLine.Key(key.job(), 0, key.topic(), key.topicId(), key.partition());
    }

    synchronized void add(JsonNode json) {
        AuditLine.read(json).ifPresent(this::add);
        AuditCorrection.read(json).ifPresent(this::add);
        if (partitions.size() > config.audit().maxPartitions()) {
            AuditLine.Key oldest = partitions.keySet().iterator().next();
            partitions.remove(oldest);
            if (evicted.size() < MAX_JOBS || evicted.containsKey(oldest.job())) {
                evicted.merge(oldest.job(), oldest.generation(), Math::max);
            }
        }
    }

    private void add(AuditLine line) {
        open(line.key()).add(line);
        if (heard.size() < MAX_JOBS || heard.containsKey(line.key().job())) {
            heard.put(line.key().job(), System.nanoTime());
        }
        if (line.unguarded() > 0 && unguarded.size() < MAX_JOBS) {
            unguarded.add(line.key().job());
        }
    }

    /** A correction has no topic id: it is added to the topic of that name whose audit was updated last. */
    private void add(AuditCorrection correction) {
        partitions.keySet().stream()
                .filter(key -> key.job().equals(correction.job()))
                .filter(key -> key.generation() == correction.generation())
                .filter(key -> key.topic().equals(correction.topic()))
                .filter(key -> key.partition() == correction.partition())
                .reduce((older, newer) -> newer)
                .ifPresent(key -> open(key).correct(correction.count()));
    }

    private PartitionTotals open(AuditLine.Key key) {
        return partitions.computeIfAbsent(key, PartitionTotals::new);
    }

    private synchronized void clear() {
        evicted.clear();
        unguarded.clear();
        heard.clear();
        partitions.clear();
    }

    /** The partition audits that do not balance, of every generation and topic id. */
    List<PartitionAudit> unbalanced() {
        return all().stream().filter(partition -> !partition.balanced()).toList();
    }
}
