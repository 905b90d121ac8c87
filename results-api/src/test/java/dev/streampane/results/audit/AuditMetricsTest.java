// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.audit.AuditLine.Verdicts;
import dev.streampane.results.audit.InputTopics.Input;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AuditMetricsTest {

    private static final PartitionKey KEY =
            new PartitionKey("weather-average", 1, "device-readings", "id", 2);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AuditMetrics metrics = new AuditMetrics(registry);

    @Test
    void shouldShowRowsByVerdict() {
        // When
        metrics.show(List.of(books()), Map.of());
        // Then
        assertThat(rows("counted", "tumbling(1m)")).isEqualTo(5);
        assertThat(rows("late", "tumbling(1m)")).isEqualTo(2);
        assertThat(rows("rejected", "")).isEqualTo(1);
        assertThat(rows("heartbeat", "")).isEqualTo(2);
    }

    @Test
    void shouldShowWhatIsGoneBeforeItIsInTheBooks() {
        // When
        metrics.show(List.of(books()), Map.of(partition(), new Input("id", 15, 20, false)));
        // Then
        assertThat(value("streampane.input.expired")).isEqualTo(5);
        assertThat(value("streampane.input.lag")).isEqualTo(10);
        assertThat(value("streampane.input.stalled")).isZero();
    }

    @Test
    void shouldShowNothingExpiredWhenTheNextRecordIsThere() {
        // When
        metrics.show(List.of(books()), Map.of(partition(), new Input("id", 10, 20, true)));
        // Then
        assertThat(value("streampane.input.expired")).isZero();
        assertThat(value("streampane.input.stalled")).isEqualTo(1);
    }

    @Test
    void shouldShowNoLagOfAnotherLifeOfTheTopic() {
        // When
        metrics.show(List.of(books()), Map.of(partition(), new Input("other", 0, 20, false)));
        // Then
        assertThat(registry.find("streampane.input.lag").gauges()).isEmpty();
        assertThat(registry.find("streampane.input.expired").gauges()).isEmpty();
    }

    @Test
    void shouldForgetBooksThatAreGone() {
        // Given
        metrics.show(List.of(books()), Map.of());
        // When
        metrics.show(List.of(), Map.of());
        // Then
        assertThat(registry.find("streampane.audit.rows").gauges()).isEmpty();
    }

    private double rows(String verdict, String spec) {
        return registry.get("streampane.audit.rows")
                .tags("job", "weather-average", "topic", "device-readings", "partition", "2")
                .tags("verdict", verdict, "spec", spec)
                .gauge()
                .value();
    }

    private double value(String name) {
        return registry.get(name).gauge().value();
    }

    private static TopicPartition partition() {
        return new TopicPartition(KEY.topic(), KEY.partition());
    }

    private static PartitionBooks books() {
        OpenBooks books = new OpenBooks(KEY);
        books.add(
                new AuditLine(
                        KEY,
                        0,
                        9,
                        10,
                        10,
                        1,
                        2,
                        0,
                        List.of(),
                        List.of(new Verdicts("tumbling(1m)", 5, 2, null)),
                        Instant.parse("2026-01-15T12:00:00Z")));
        return books.snapshot();
    }
}
