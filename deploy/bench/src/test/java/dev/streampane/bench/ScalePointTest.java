// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScalePointTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ScaleInput input = new ScaleInput(500, Duration.ofSeconds(1), 600, false);

    @Test
    void shouldTellHowManyRecordsAWindowHasAndAnEarlierOneLacks() {
        // Given
        var point = new ScalePoint("slide", "6 windows", 6, input, MINUTE, Duration.ofSeconds(10), Duration.ZERO, 2);
        // Then
        assertThat(point.ends()).isEqualTo(60);
        assertThat(point.isRight(input.start() + 10_000, 500, 5_000)).isTrue();
        assertThat(point.isRight(input.start() + 60_000, 500, 30_000)).isTrue();
        assertThat(point.isRight(input.end(), 500, 30_000)).isTrue();
        assertThat(point.isRight(input.end(), 499, 30_000)).isFalse();
        assertThat(point.isRight(input.end(), 500, 29_999)).isFalse();
        assertThat(point.options()).contains("--windows=sliding(60000ms,10000ms)");
    }

    @Test
    void shouldBeTumblingWhereAReadingLiesInOneWindow() {
        // Given
        var point = new ScalePoint("slide", "1 windows", 1, input, MINUTE, MINUTE, Duration.ofMinutes(10), 4);
        // Then
        assertThat(point.options())
                .containsExactly("--windows=tumbling(60000ms)", "--allowed-lateness=600000ms", "--parallelism=4");
    }
}
