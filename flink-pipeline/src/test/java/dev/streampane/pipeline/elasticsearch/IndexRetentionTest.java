// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexRetentionTest {

    private static final IndexRetention ALERTS = new IndexRetention("alerts", false, Duration.ofDays(30));
    private static final IndexRetention RESULTS = new IndexRetention("window-results", true, Duration.ofDays(30));
    private static final Instant FAR = Instant.parse("2100-01-01T00:00:00Z");

    @Test
    void shouldCountFromTheEndOfTheMonth() {
        assertThat(ALERTS.isOver("alerts-2026.01", Instant.parse("2026-03-02T23:59:59.999Z")))
                .isFalse();
        assertThat(ALERTS.isOver("alerts-2026.01", Instant.parse("2026-03-03T00:00:00Z")))
                .isTrue();
        assertThat(RESULTS.isOver("window-results-weather-average-2026.12", Instant.parse("2027-01-30T23:59:59Z")))
                .isFalse();
        assertThat(RESULTS.isOver("window-results-weather-average-2026.12", Instant.parse("2027-01-31T00:00:00Z")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alerts",
                "alerts-2026",
                "alerts-2026.13",
                "alerts-2026.00",
                "alerts-2026.1",
                "alerts-mine-2026.01",
                "my-alerts-2026.01",
                "alerts-2026.01-reindexed",
                ".alerts-2026.01",
                "window-results-2026.01",
                "window-history-weather-average-2026.01",
                "window-positions"
            })
    void shouldLeaveIndicesThatAreNotItsOwn(String index) {
        assertThat(ALERTS.isOver(index, FAR)).isFalse();
        assertThat(RESULTS.isOver(index, FAR)).isFalse();
    }
}
