// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.pipeline.job.BadOptionException;
import dev.streampane.pipeline.job.JobConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FraudDetectionJobTest {

    @Test
    void shouldTakeThresholdsToTheirLastDecimal() {
        // When
        Thresholds thresholds = FraudDetectionJob.thresholds(JobConfig.of(
                FraudDetectionJob.NAME, "--small-amount=0.0123", "--large-amount=100000000", "--mean-factor=2.5"));

        // Then
        assertThat(thresholds.smallThenLarge().smallUnits()).isEqualTo(123);
        assertThat(thresholds.smallThenLarge().largeUnits()).isEqualTo(1_000_000_000_000L);
        assertThat(thresholds.unusualAmount().factor()).isEqualTo("2.50");
    }

    @ParameterizedTest
    @CsvSource({
        "small-amount, 0",
        "small-amount, 0.00001",
        "small-amount, -1",
        "large-amount, 1e3",
        "large-amount, 100000000.01",
        "small-large-window, 0ms",
        "burst-count, 0",
        "burst-count, 101",
        "burst-window, 25h",
        "mean-factor, 0.99",
        "mean-factor, 1.001",
        "mean-factor, ten",
        "mean-min-count, 0",
        "mean-ttl, 999ms",
        "high-value, ١٠",
        "max-speed-kmh, 0",
        "max-speed-kmh, 899.5",
        "travel-window, 2d",
    })
    void shouldRefuseWithOptionValueAndWhatIsAllowed(String option, String value) {
        assertThatThrownBy(() -> JobConfig.of(FraudDetectionJob.NAME, "--" + option + '=' + value))
                .isInstanceOf(BadOptionException.class)
                .hasMessageContainingAll("--" + option, value, "allowed is a ");
    }
}
