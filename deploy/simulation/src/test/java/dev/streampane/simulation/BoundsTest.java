// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a whole number from 1 to 10 | 1 | 10 | 0 | 11
                    a whole number from 0 (no end) | 0 | 9223372036854775807 | -1 | 0.5
                    a whole number from 0 (each device's period) to 1000000 | 0 | 1e6 | -1 | 1000001
                    a number from -80 to 80 | -80 | 79.999 | -80.1 | 80.1
                    a number from 0.01 to 5, with at most two decimals | 0.01 | 5.00 | 0 | 0.125
                    a number from -1000000 to the maximum, with at most three decimals | -1e6 | 1000000 | 1000000.1 | 0.0001
                    a list of numbers from the minimum to the maximum, with at most two decimals | -1e6 | 1e6 | 1e7 | 0.001
                    """)
    void shouldHoldNumbersToWhatTheTextSays(
            String allowed, BigDecimal least, BigDecimal most, BigDecimal outside, BigDecimal another) {
        assertThat(Bounds.hold(allowed, least)).isTrue();
        assertThat(Bounds.hold(allowed, most)).isTrue();
        assertThat(Bounds.hold(allowed, outside)).isFalse();
        assertThat(Bounds.hold(allowed, another)).isFalse();
    }

    @Test
    void shouldHoldDurationsSizesAndEachValueOfAList() {
        String shift = SimulatorConfig.CLOCK_SHIFT;
        String size = "a size from 64K to 48M";

        assertThat(Bounds.hold(shift, Duration.ofDays(-36_500))).isTrue();
        assertThat(Bounds.hold(shift, Duration.ZERO)).isFalse();
        assertThat(Bounds.hold(shift, Duration.ofDays(36_500).plusNanos(1))).isFalse();
        assertThat(Bounds.hold(size, new MemorySize(BigInteger.valueOf(48 << 20))))
                .isTrue();
        assertThat(Bounds.hold(size, new MemorySize(BigInteger.valueOf((48 << 20) + 1))))
                .isFalse();
        String several = "a list of durations from 1ms to 1d";
        assertThat(Bounds.hold(several, List.of(Duration.ofMillis(1), Duration.ofDays(1))))
                .isTrue();
        assertThat(Bounds.hold(several, Optional.of(List.of(Duration.ofDays(1), Duration.ZERO))))
                .isFalse();
        assertThat(Bounds.hold("a number from 0 to 5", Double.NaN)).isFalse();
    }

    @Test
    void shouldHoldNothingToATextWithoutBounds() {
        assertThat(Bounds.hold("json or legacy", "xml")).isTrue();
        assertThat(Bounds.hold("a whole number of 64 bits", Long.MIN_VALUE)).isTrue();
    }
}
