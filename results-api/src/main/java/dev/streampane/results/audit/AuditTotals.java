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

/** All audit lines of all jobs, added up per generation and input partition; safe for use by several threads. */
@ApplicationScoped
public class AuditTotals {

    /** When there are so many jobs that are unguarded, or lack partition audits, all are taken for such. */
    private static final int MAX_JOBS = 1_000;

    private static final Comparator<AuditLine.Key> ORDER = Comparator.comparing(AuditLine.Key::job)
            .thenComparing(Comparator.comparing(AuditLine.Key::generation).reversed())
            .thenComparing(AuditLine.Key::topic)
            .thenComparing(AuditLine.Key::topicId)
            .thenComparing(AuditLine.Key::partition);

    private final Map<AuditLine.Key, PartitionTotals> partitions = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Integer> evicted = new HashMap<>();
    private final Set<String> unguarded = ConcurrentHashMap.newKeySet();

    /** By job when its newest line came here, by {@link System#nanoTime}. */
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

    /** Whether all lines that there were at the start are added up. */
    public boolean loaded() {
        return topic.loaded();
    }

    /** Whether the reading thread goes round. */
    public boolean alive() {
        return topic.alive();
    }

    /** Whether a job has read records without an append time to hold their event times against. */
    public boolean unguarded(String job) {
        return unguarded.contains(job) || unguarded.size() >= MAX_JOBS;
    }

    /** For how long no line of the job has come here; empty when none has, nothing when that is not known of so many jobs. */
    Optional<Duration> quiet(String job) {
        Optional<Duration> quiet =
                Optional.ofNullable(heard.get(job)).map(since -> Duration.ofNanos(System.nanoTime() - since));
        return quiet.isEmpty() && heard.size() >= MAX_JOBS ? Optional.of(Duration.ZERO) : quiet;
    }

    /** By job, newest generation first, topic and partition. */
    public synchronized List<PartitionAudit> all() {
        return partitions.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(ORDER))
                .map(entry -> entry.getValue().snapshot())
                .toList();
    }

    /** Whether there is an audit of any job over that topic. */
    public synchronized boolean coverTopic(String name) {
        return partitions.keySet().stream().anyMatch(key -> key.topic().equals(name));
    }

    /** Those of each job's newest generation. */
    public List<PartitionAudit> newest() {
        Map<String, Integer> newest = new HashMap<>();
        return all().stream()
                .filter(one -> one.generation() == newest.computeIfAbsent(one.job(), first -> one.generation()))
                .toList();
    }

    /**
     * What there is of each job's input partitions: its newest generation's, or the newest of those whose state that went on from. No longer
     * what was read before a generation began without state.
     */
    List<PartitionAudit> current() {
        return current(all(), begun());
    }

    /** Those of {@code audits}, in the order of {@link #all}, that are the newest of their partitions, and not older than what has begun. */
    static List<PartitionAudit> current(List<PartitionAudit> audits, Map<String, Integer> begun) {
        Set<AuditLine.Key> known = new HashSet<>();
        return audits.stream()
                .filter(one -> one.generation() >= begun.getOrDefault(one.job(), 0))
                .filter(one -> known.add(new AuditLine.Key(one.job(), 0, one.topic(), one.topicId(), one.partition())))
                .toList();
    }

    /** By job the newest generation that began without state; those since went on from its state. Nothing of a job whose every one went on. */
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

    /** Whether partition audits of the job, or of any, are no longer kept: some are missing, and sums of others may have begun anew. */
    public synchronized boolean truncated(Optional<String> job) {
        return evicted.size() >= MAX_JOBS || job.map(evicted::containsKey).orElse(!evicted.isEmpty());
    }

    /** The jobs of which partition audits that {@link #current} should have are no longer kept. */
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

    /** A correction does not have the topic's id: it belongs to the newest topic of the name. */
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

    /** Those that do not balance, of every generation and of every life of a topic. */
    List<PartitionAudit> unbalanced() {
        return all().stream().filter(partition -> !partition.balanced()).toList();
    }
}
