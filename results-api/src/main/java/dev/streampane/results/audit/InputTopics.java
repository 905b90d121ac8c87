// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.TopicLayout;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** Asks the broker every few seconds where the jobs' input partitions end, which of them are silent, and which transactions are open. */
@ApplicationScoped
public class InputTopics {

    private static final Logger LOG = Logger.getLogger(InputTopics.class);

    /**
     * One input partition.
     *
     * @param start offset of the oldest record that is still there
     * @param end offset after the last record
     * @param stalled nothing was appended for {@code results.audit.stalled-after}, and windows wait for the partition
     */
    record Input(String topicId, long start, long end, boolean stalled) {

        Input endingAt(long offset) {
            return new Input(topicId, start, offset, stalled);
        }
    }

    private final KafkaAccess kafka;
    private final AuditTotals totals;
    private final JobRuns runs;
    private final OpenTransactions transactions;
    private final RecordEnds ends;
    private final ResultsConfig.Audit config;
    private final Silence silence;
    private final AuditMetrics metrics;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("input-topics", true));
    private volatile Map<TopicPartition, Input> inputs = Map.of();

    /** Since when each job has had unread input records at every look, by {@link System#nanoTime}. */
    private volatile Map<String, Long> behind = Map.of();

    private volatile Future<?> looks;
    private Admin admin;

    InputTopics(
            KafkaAccess kafka,
            AuditTotals totals,
            JobRuns runs,
            OpenTransactions transactions,
            LogReaders log,
            ResultsConfig config,
            MeterRegistry metrics) {
        this.kafka = kafka;
        this.totals = totals;
        this.runs = runs;
        this.transactions = transactions;
        this.ends = new RecordEnds(log);
        this.config = config.audit();
        this.silence = new Silence(stalledAfter(), System::nanoTime);
        this.metrics = new AuditMetrics(metrics);
    }

    void start(@Observes StartupEvent event) {
        looks = timer.scheduleWithFixedDelay(this::ask, 0, config.refresh().toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes @Priority(2_000) ShutdownEvent event) {
        timer.shutdownNow();
    }

    /** For how long a job has had unread input records at every look; empty if it had none at the last. */
    Optional<Duration> behind(String job) {
        return Optional.ofNullable(behind.get(job)).map(since -> Duration.ofNanos(System.nanoTime() - since));
    }

    /** Time without records after which a partition counts as stalled; also a part of the time after which a job counts as halted. */
    Duration stalledAfter() {
        return config.stalledAfter();
    }

    /** Whether the looks continue. */
    public boolean alive() {
        Future<?> started = looks;
        return started == null || !started.isDone();
    }

    /** The input partitions at the last look. A topic has all its partitions here, or none if the broker did not answer for one of them. */
    Map<TopicPartition, Input> inputs() {
        return inputs;
    }

    /** Input partitions with neither data nor heartbeats, as {@code topic-partition}; only those for which the broker answers. */
    public List<String> stalled() {
        return inputs.entrySet().stream()
                .filter(input -> input.getValue().stalled())
                .map(input -> input.getKey().toString())
                .sorted()
                .toList();
    }

    private void ask() {
        boolean looked = false;
        try {
            if (admin == null) {
                admin = kafka.admin("results-api-inputs");
            }
            lookAtInputs();
            transactions.look(admin);
            looked = true;
        } catch (ExecutionException | KafkaException e) {
            LOG.debugf("Input topics or open transactions are unknown: cause=%s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warnf(e, "Input topics or open transactions could not be looked up");
        } catch (Error e) {
            LOG.errorf(e, "Input topics are no longer looked up, start this process again");
            throw e;
        } finally {
            if (!looked) {
                transactions.forget();
            }
            if (Thread.currentThread().isInterrupted() && admin != null) {
                admin.close(Duration.ZERO);
            }
        }
    }

    /** Replaces the findings of the last look, also if this one fails: old findings must not be taken for current ones. */
    private void lookAtInputs() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Input> found = Map.of();
        Map<String, Long> waiting = Map.of();
        try {
            boolean audited = totals.loaded();
            metrics.showUnbalanced(audited ? totals.unbalanced() : List.of());
            List<PartitionAudit> newest = totals.newest();
            List<PartitionAudit> current = totals.current();
            Set<String> topics = topics(newest);
            if (!topics.isEmpty()) {
                found = ends.of(found(topics, timeless(newest)), current);
            }
            Map<String, JobProgress.Progress> progress =
                    audited && runs.loaded() ? JobProgress.all(totals, runs, found) : Map.of();
            metrics.show(
                    audited ? newest : List.of(), // sums of a part of the lines are wrong
                    audited ? current : List.of(),
                    found,
                    progress);
            long now = System.nanoTime();
            Map<String, Long> before = behind;
            waiting = progress.entrySet().stream()
                    .filter(job -> job.getValue().lag().filter(lag -> lag > 0).isPresent())
                    .collect(Collectors.toMap(Map.Entry::getKey, job -> before.getOrDefault(job.getKey(), now)));
        } finally {
            inputs = found;
            behind = waiting;
            if (found.isEmpty()) {
                metrics.forgetInputs();
            }
        }
    }

    /** The topics that jobs have read, and those that jobs with windows have announced: a topic without records has no audit lines. */
    private Set<String> topics(List<PartitionAudit> newest) {
        return Stream.concat(
                        newest.stream().map(PartitionAudit::topic),
                        runs.newest().values().stream().flatMap(run -> JobRuns.inputTopic(run).stream()))
                .collect(Collectors.toSet());
    }

    /** Topics in which no record has an event time, such as words: their silence holds no window back. */
    static Set<String> timeless(List<PartitionAudit> audits) {
        Set<String> timed = audits.stream()
                .filter(partition -> partition.clock() != null)
                .map(PartitionAudit::topic)
                .collect(Collectors.toSet());
        return audits.stream()
                .filter(partition -> partition.specs().stream().anyMatch(s -> s.counted() > 0))
                .map(PartitionAudit::topic)
                .filter(topic -> !timed.contains(topic))
                .collect(Collectors.toSet());
    }

    private Map<TopicPartition, Input> found(Set<String> topics, Set<String> timeless)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, String> ids = new HashMap<>();
        Set<String> existing = admin.listTopics().names().get();
        List<String> wanted = topics.stream().filter(existing::contains).toList();
        for (KafkaFuture<TopicDescription> described :
                admin.describeTopics(wanted).topicNameValues().values()) {
            answer(described).ifPresent(topic -> topic.partitions()
                    .forEach(partition -> ids.put(
                            new TopicPartition(topic.name(), partition.partition()),
                            topic.topicId().toString())));
        }
        long silentSince = Instant.now().minus(stalledAfter()).toEpochMilli();
        var starts = offsets(ids.keySet(), OffsetSpec.earliest());
        var ends = offsets(ids.keySet(), OffsetSpec.latest());
        Set<TopicPartition> unseen = silence.unseen(ids);
        var recent = offsets(unseen, OffsetSpec.forTimestamp(silentSince));
        Map<TopicPartition, Input> found = new TreeMap<>(TopicLayout.PARTITION_ORDER);
        Set<String> unanswered = new HashSet<>();
        for (TopicPartition partition : ids.keySet()) {
            Optional<Long> start = offset(starts, partition);
            Optional<Long> end = offset(ends, partition);
            Optional<Long> next = unseen.contains(partition) ? offset(recent, partition) : end;
            if (start.isPresent() && end.isPresent() && next.isPresent()) {
                String id = ids.get(partition);
                boolean stalled = silence.lasts(partition, id, end.get(), next.get() < 0)
                        && !timeless.contains(partition.topic());
                found.put(partition, new Input(id, start.get(), end.get(), stalled));
            } else {
                unanswered.add(partition.topic());
            }
        }
        found.keySet().removeIf(partition -> unanswered.contains(partition.topic()));
        return found;
    }

    private ListOffsetsResult offsets(Set<TopicPartition> partitions, OffsetSpec spec) {
        return admin.listOffsets(partitions.stream().collect(Collectors.toMap(partition -> partition, p -> spec)));
    }

    private static Optional<Long> offset(ListOffsetsResult offsets, TopicPartition partition)
            throws InterruptedException {
        return answer(offsets.partitionResult(partition)).map(ListOffsetsResultInfo::offset);
    }

    /** Empty if the broker does not answer for it. */
    private static <T> Optional<T> answer(KafkaFuture<T> asked) throws InterruptedException {
        try {
            return Optional.of(asked.get());
        } catch (ExecutionException e) {
            LOG.debugf("An input topic is unknown: cause=%s", e);
            return Optional.empty();
        }
    }
}
