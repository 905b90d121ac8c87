// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.results.audit.InputTopics.Input;
import dev.streampane.results.audit.JobProgress.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * Gauges of the newest audits and of the input partitions, by job, topic and partition: {@code streampane.input.lag, .expired, .stalled}
 * and {@code streampane.audit.rows} by verdict, {@code .holes}, {@code .corrections}. Audits of a topic that was re-created are not shown,
 * except those that do not balance: {@code .unbalanced.partition} covers every generation and topic.
 */
final class AuditMetrics {

    private static final String LAG = "streampane.input.lag";
    private static final String EXPIRED = "streampane.input.expired";
    private static final String STALLED = "streampane.input.stalled";

    private final MeterRegistry metrics;
    private final Map<String, MultiGauge> gauges = new HashMap<>();
    private final Map<String, Map<Tags, AtomicLong>> numbers = new HashMap<>();

    AuditMetrics(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    private record Value(Tags tags, long number) {}

    /**
     * Updates the gauges.
     *
     * @param newest audits of each job's newest generation
     * @param current audits of all partitions that each job has read, including those that its newest generation has not read
     */
    void show(
            List<PartitionAudit> newest,
            List<PartitionAudit> current,
            Map<TopicPartition, Input> inputs,
            Map<String, Progress> jobs) {
        List<PartitionAudit> audits =
                newest.stream().filter(one -> !one.isOfAnotherTopic(inputs)).toList();
        show(
                STALLED,
                inputs.entrySet().stream()
                        .map(input ->
                                new Value(tags(input.getKey()), input.getValue().stalled() ? 1 : 0)));
        show(LAG, jobs.entrySet().stream().flatMap(job -> lags(job.getKey(), job.getValue())));
        show(EXPIRED, each(current, one -> one.expired(inputs)));
        show("streampane.audit.rows", audits.stream().flatMap(AuditMetrics::verdicts));
        show(
                "streampane.audit.holes",
                each(audits, one -> Optional.of(one.holes().offsets())));
        show("streampane.audit.corrections", each(audits, one -> Optional.of(one.corrections())));
    }

    /** Shows each audit that does not balance as a gauge of its own, so that a known one does not hide a new one. */
    void showUnbalanced(List<PartitionAudit> unbalanced) {
        show(
                "streampane.audit.unbalanced.partition",
                unbalanced.stream()
                        .map(one -> new Value(tags(one).and("generation", Integer.toString(one.generation())), 1)));
    }

    /** Removes the gauges of the inputs while these are unknown; the gauges of the audits stay. */
    void forgetInputs() {
        Stream.of(LAG, EXPIRED, STALLED).forEach(name -> show(name, Stream.empty()));
    }

    /** Updates the number of a gauge that stays in place; only a gauge that is new is registered. */
    private void show(String name, Stream<Value> values) {
        Map<Tags, AtomicLong> shown = numbers.computeIfAbsent(name, none -> new HashMap<>());
        Map<Tags, Long> now = values.collect(Collectors.toMap(Value::tags, Value::number, (one, other) -> other));
        shown.keySet().retainAll(now.keySet());
        now.forEach((tags, number) ->
                shown.computeIfAbsent(tags, none -> new AtomicLong()).set(number));
        gauges.computeIfAbsent(name, none -> MultiGauge.builder(name).register(metrics))
                .register(shown.entrySet().stream()
                        .<Row<?>>map(one -> Row.of(one.getKey(), one.getValue()))
                        .toList());
    }

    private static Stream<Value> lags(String job, Progress progress) {
        return progress.lags().stream().flatMap(one -> one.lag().stream()
                .map(number -> new Value(tags(one.partition()).and("job", job), number)));
    }

    private static Stream<Value> each(List<PartitionAudit> audits, Function<PartitionAudit, Optional<Long>> number) {
        return audits.stream().flatMap(one -> number.apply(one).stream().map(value -> new Value(tags(one), value)));
    }

    /**
     * Counted and late rows, per specification. Rejected rows and heartbeats are the same for all specifications, so their tag {@code spec}
     * is empty.
     */
    private static Stream<Value> verdicts(PartitionAudit audit) {
        return Stream.concat(
                Stream.of(
                        verdict(audit, "", "rejected", audit.rejected()),
                        verdict(audit, "", "heartbeat", audit.heartbeats())),
                audit.specs().stream()
                        .flatMap(spec -> Stream.of(
                                verdict(audit, spec.spec(), "counted", spec.counted()),
                                verdict(audit, spec.spec(), "late", spec.late()))));
    }

    private static Value verdict(PartitionAudit audit, String spec, String verdict, long rows) {
        return new Value(tags(audit).and("spec", spec, "verdict", verdict), rows);
    }

    private static Tags tags(PartitionAudit audit) {
        return tags(audit.topicPartition()).and("job", audit.job());
    }

    private static Tags tags(TopicPartition partition) {
        return Tags.of("topic", partition.topic(), "partition", Integer.toString(partition.partition()));
    }
}
