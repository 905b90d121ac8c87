// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import dev.streampane.results.Settings;
import dev.streampane.results.audit.InputTopics.Input;
import dev.streampane.results.log.KafkaAccess;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditMetricsTest {

    private static final AuditLine.Key KEY = new AuditLine.Key("weather-average", 1, "device-readings", "id", 2);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AuditMetrics metrics = new AuditMetrics(registry);

    @Test
    void shouldShowRowsByVerdict() {
        // When
        show(List.of(audit()), Map.of(partition(), new Input("id", 0, 10, false)));
        // Then
        assertThat(rows("counted", "tumbling(1m)")).isEqualTo(5);
        assertThat(rows("late", "tumbling(1m)")).isEqualTo(2);
        assertThat(rows("rejected", "")).isEqualTo(1);
        assertThat(rows("heartbeat", "")).isEqualTo(2);
    }

    @Test
    void shouldShowWhatIsGoneBeforeItIsInTheBooks() {
        // When
        show(List.of(audit()), Map.of(partition(), new Input("id", 15, 20, false)));
        // Then
        assertThat(value("streampane.input.expired")).isEqualTo(5);
        assertThat(value("streampane.input.lag")).isEqualTo(10);
        assertThat(value("streampane.input.stalled")).isZero();
    }

    @Test
    void shouldShowNothingExpiredWhenTheNextRecordIsThere() {
        // When
        show(List.of(audit()), Map.of(partition(), new Input("id", 10, 20, true)));
        // Then
        assertThat(value("streampane.input.expired")).isZero();
        assertThat(value("streampane.input.stalled")).isEqualTo(1);
    }

    @Test
    void shouldShowWhatIsGoneOfPartitionsThatTheNewestGenerationHasNotReadYet() throws IOException {
        // Given: a generation that went on from the state of the one before, and has read one of two partitions
        AuditTotals totals = new AuditTotals(new KafkaAccess(Map.of()), Settings.defaults(), registry);
        add(totals, 1, 2, 0);
        add(totals, 1, 3, 0);
        add(totals, 2, 2, 10);
        Map<TopicPartition, Input> inputs = Map.of(
                new TopicPartition(KEY.topic(), 2), new Input("id", 15, 20, false),
                new TopicPartition(KEY.topic(), 3), new Input("id", 15, 20, false));
        // When
        metrics.show(totals.newest(), totals.current(), inputs, Map.of());
        // Then
        assertThat(value("streampane.input.expired", "partition", "2")).isZero();
        assertThat(value("streampane.input.expired", "partition", "3")).isEqualTo(5);
    }

    @Test
    void shouldShowEachPartitionThatDoesNotBalanceByItself() throws IOException {
        // Given: a gap in the lines of a generation that another has replaced, and then one in those of that
        AuditTotals totals = new AuditTotals(new KafkaAccess(Map.of()), Settings.defaults(), registry);
        add(totals, 1, 2, 0);
        add(totals, 1, 2, 20);
        add(totals, 2, 2, 0);
        metrics.showUnbalanced(totals.unbalanced());
        assertThat(registry.get("streampane.audit.unbalanced.partition").gauges())
                .hasSize(1);
        // When
        add(totals, 2, 2, 20);
        metrics.showUnbalanced(totals.unbalanced());
        // Then
        for (String generation : List.of("1", "2")) {
            assertThat(value(
                            "streampane.audit.unbalanced.partition",
                            "job",
                            "weather-average",
                            "topic",
                            "device-readings",
                            "partition",
                            "2",
                            "generation",
                            generation))
                    .isEqualTo(1);
        }
        assertThat(value("streampane.audit.unbalanced")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"true, 11, 11, 0, 0", "true, 11, 12, 1, 2", "true, 12, 12, 2, 2", "false, 11, 11, 1, 0"})
    void shouldNotTakeTheMarkerBehindTheLastRecordForOneThatIsGone(
            boolean markers, long start, long end, double gone, long lag) {
        // Given: that markers of transactions lie between the records, or none that was seen
        PartitionTotals totals = new PartitionTotals(KEY);
        TestLine line = TestLine.of(KEY, 0, 9);
        totals.add((markers ? line.hole(4, 4) : line).line());
        Map<TopicPartition, Input> inputs = Map.of(partition(), new Input("id", start, end, false));
        // When
        show(List.of(totals.snapshot()), inputs);
        // Then
        assertThat(value("streampane.input.expired")).isEqualTo(gone);
        assertThat(totals.snapshot().lag(inputs))
                .as("what is gone is not waited for")
                .contains(lag);
    }

    @ParameterizedTest
    @CsvSource({"id, 5", "newer, 7"})
    void shouldShowTheLifeOfATopicThatThereIs(String alive, double counted) {
        // When
        show(List.of(audit("id", 5), audit("newer", 7)), Map.of(partition(), new Input(alive, 0, 20, false)));
        // Then
        assertThat(rows("counted", "tumbling(1m)")).isEqualTo(counted);
        assertThat(registry.find("streampane.audit.holes").gauges()).hasSize(1);
        assertThat(registry.find("streampane.input.lag").gauges()).hasSize(1);
    }

    @Test
    void shouldShowTheBooksOfATopicThatMayNotBeLookedAt() {
        // When
        show(List.of(audit()), Map.of());
        // Then
        assertThat(registry.find("streampane.audit.rows").gauges()).isNotEmpty();
        assertThat(registry.find("streampane.input.lag").gauges()).isEmpty();
    }

    @Test
    void shouldChangeNumbersOfGaugesThatStay() {
        // Given
        Map<TopicPartition, Input> inputs = Map.of(partition(), new Input("id", 0, 10, false));
        show(List.of(audit("id", 5)), inputs);
        Gauge before = gauge("counted", "tumbling(1m)");
        // When
        show(List.of(audit("id", 6)), inputs);
        // Then
        assertThat(gauge("counted", "tumbling(1m)")).isSameAs(before);
        assertThat(before.value()).isEqualTo(6);
    }

    @Test
    void shouldForgetBooksThatAreGone() {
        // Given
        Map<TopicPartition, Input> inputs = Map.of(partition(), new Input("id", 0, 10, false));
        show(List.of(audit()), inputs);
        assertThat(registry.find("streampane.audit.rows").gauges()).isNotEmpty();
        // When
        show(List.of(), inputs);
        // Then
        assertThat(registry.find("streampane.audit.rows").gauges()).isEmpty();
    }

    private void show(List<PartitionAudit> audits, Map<TopicPartition, Input> inputs) {
        metrics.show(
                audits,
                audits,
                inputs,
                Map.of(KEY.job(), JobProgress.progress(Optional.empty(), audits, inputs, Optional.empty(), false)));
    }

    private double rows(String verdict, String spec) {
        return gauge(verdict, spec).value();
    }

    private Gauge gauge(String verdict, String spec) {
        return registry.get("streampane.audit.rows")
                .tags("job", "weather-average", "topic", "device-readings", "partition", "2")
                .tags("verdict", verdict, "spec", spec)
                .gauge();
    }

    private double value(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private static void add(AuditTotals totals, int generation, int partition, long first) throws IOException {
        AuditLine.Key key = new AuditLine.Key(KEY.job(), generation, KEY.topic(), "id", partition);
        totals.add(new ObjectMapper()
                .readTree(TestLine.of(key, first, first + 9)
                        .counted("tumbling(1m)", 10)
                        .json()));
    }

    private static TopicPartition partition() {
        return new TopicPartition(KEY.topic(), KEY.partition());
    }

    private static PartitionAudit audit() {
        return audit("id", 5);
    }

    private static PartitionAudit audit(String topicId, long counted) {
        AuditLine.Key key = new AuditLine.Key(KEY.job(), KEY.generation(), KEY.topic(), topicId, KEY.partition());
        PartitionTotals totals = new PartitionTotals(key);
        totals.add(TestLine.of(key, 0, 9)
                .rejected(1)
                .heartbeats(2)
                .counted("tumbling(1m)", counted)
                .late(2)
                .clock(null, Instant.parse("2026-01-15T12:00:00Z"))
                .line());
        return totals.snapshot();
    }
}
