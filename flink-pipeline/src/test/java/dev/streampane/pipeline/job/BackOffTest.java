// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackOffTest {

    private final BackOff backOff = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(5));

    @ParameterizedTest
    @CsvSource({
        "1, 50, 100",
        "2, 100, 200",
        "3, 200, 400",
        "6, 1600, 3200",
        "7, 2500, 5000",
        "1000000, 2500, 5000",
        "2147483647, 2500, 5000"
    })
    void shouldDoubleUpToTheLongestAndLeaveHalfToChance(int failures, long least, long most) {
        assertThat(backOff.millis(failures, 0)).isEqualTo(least);
        assertThat(backOff.millis(failures, 1)).isEqualTo(most);
    }

    @Test
    void shouldRefuseAFirstWaitAboveTheLongest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BackOff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessageContaining("PT2S");
    }
}
