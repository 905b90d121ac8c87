// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import dev.streampane.results.audit.InputTopics.Input;
import dev.streampane.results.audit.PartitionAudit.SpecTotals;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * The newest audits and the input partitions as gauges, by job, topic and partition: {@code streampane.input.lag, .expired, .stalled} and
 * {@code streampane.audit.rows} by verdict, {@code .holes}, {@code .corrections}. What is gone is no longer shown, such as an earlier life of a topic.
 */
final class AuditMetrics {

    private final MultiGauge lag;
    private final MultiGauge expired;
    private final MultiGauge stalled;
    private final MultiGauge rows;
    private final MultiGauge holes;
    private final MultiGauge corrections;

    AuditMetrics(MeterRegistry metrics) {
        lag = MultiGauge.builder("streampane.input.lag").register(metrics);
        expired = MultiGauge.builder("streampane.input.expired").register(metrics);
        stalled = MultiGauge.builder("streampane.input.stalled").register(metrics);
        rows = MultiGauge.builder("streampane.audit.rows").register(metrics);
        holes = MultiGauge.builder("streampane.audit.holes").register(metrics);
        corrections = MultiGauge.builder("streampane.audit.corrections").register(metrics);
    }

    void show(List<PartitionAudit> all, Map<TopicPartition, Input> inputs) {
        List<PartitionAudit> audits = all.stream()
                .filter(one -> !InputTopics.isOfAnother(one, inputs))
                .toList();
        show(
                stalled,
                inputs.entrySet().stream()
                        .map(input ->
                                Row.of(tags(input.getKey()), input.getValue().stalled() ? 1 : 0)));
        show(lag, audits.stream().flatMap(one -> row(one, InputTopics.lag(one, inputs).stream())));
        show(expired, audits.stream().flatMap(one -> row(one, InputTopics.expired(one, inputs).stream())));
        show(rows, audits.stream().flatMap(AuditMetrics::verdicts));
        show(holes, each(audits, one -> one.holes().offsets()));
        show(corrections, each(audits, PartitionAudit::corrections));
    }

    /** Shows nothing of the inputs while they are unknown; what the audits say of themselves stays. */
    void forgetInputs() {
        Stream.of(lag, expired, stalled).forEach(gauge -> show(gauge, Stream.empty()));
    }

    private static void show(MultiGauge gauge, Stream<Row<?>> rows) {
        gauge.register(rows.toList(), true);
    }

    private static Stream<Row<?>> each(List<PartitionAudit> audits, ToLongFunction<PartitionAudit> number) {
        return audits.stream().map(one -> Row.of(tags(one), number.applyAsLong(one)));
    }

    private static Stream<Row<?>> row(PartitionAudit audit, Stream<Long> number) {
        return number.map(value -> Row.of(tags(audit), value));
    }

    /** Counted and late per specification; rejected and heartbeats are the same for all of them, which is an empty one. */
    private static Stream<Row<?>> verdicts(PartitionAudit audit) {
        return Stream.concat(
                Stream.of(
                        verdict(audit, "", "rejected", audit.rejected()),
                        verdict(audit, "", "heartbeat", audit.heartbeats())),
                audit.specs().stream().flatMap(spec -> verdicts(audit, spec)));
    }

    private static Stream<Row<?>> verdicts(PartitionAudit audit, SpecTotals spec) {
        return Stream.of(
                verdict(audit, spec.spec(), "counted", spec.counted()),
                verdict(audit, spec.spec(), "late", spec.late()));
    }

    private static Row<?> verdict(PartitionAudit audit, String spec, String verdict, long rows) {
        return Row.of(tags(audit).and("spec", spec, "verdict", verdict), rows);
    }

    private static Tags tags(PartitionAudit audit) {
        return tags(new TopicPartition(audit.topic(), audit.partition())).and("job", audit.job());
    }

    private static Tags tags(TopicPartition partition) {
        return Tags.of("topic", partition.topic(), "partition", Integer.toString(partition.partition()));
    }
}
