// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import dev.streampane.results.audit.InputTopics.Input;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatermarkTest {

    private static final AuditLine.Key KEY = new AuditLine.Key("weather-average", 1, "device-readings", "id", 2);

    private static Watermark watermark(Map<TopicPartition, Input> inputs) {
        PartitionTotals totals = new PartitionTotals(KEY);
        totals.add(TestLine.of(KEY, 0, 9)
                .counted("tumbling(1m)", 10)
                .clock(null, Instant.parse("2026-01-15T12:00:00Z"))
                .line());
        return Watermark.of(totals.snapshot(), inputs);
    }

    @ParameterizedTest
    @CsvSource({"id, 20, 10, true", "made-anew,,,"})
    void shouldTellOfTheTopicThatWasRead(String topicId, Long end, Long lag, Boolean stalled) {
        // When
        Watermark watermark =
                watermark(Map.of(new TopicPartition(KEY.topic(), KEY.partition()), new Input(topicId, 0, 20, true)));
        // Then
        assertThat(watermark.end()).isEqualTo(end);
        assertThat(watermark.lag()).isEqualTo(lag);
        assertThat(watermark.stalled()).isEqualTo(stalled);
    }

    @Test
    void shouldTellOfNoEndWhenTheBrokerWasNotAsked() {
        // When
        Watermark watermark = watermark(Map.of());
        // Then
        assertThat(watermark.last()).isEqualTo(9);
        assertThat(watermark.end()).isNull();
        assertThat(watermark.stalled()).isNull();
    }
}
