// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.IntSummaryStatistics;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DriftTest {

    private static final long START = Instant.parse("2026-11-20T00:00:00Z").toEpochMilli();
    private static final int TEN_SECONDS = 10_000;
    private static final int TICKS_OF_A_WEEK = 7 * 8640;

    @Test
    void shouldStayWithinItsBoundsAndUseThemWhenWatchedForAWeek() {
        for (long seed = 0; seed < 20; seed++) {
            // Given
            Drift temperature = drift(seed, Optional.empty());

            // When
            IntSummaryStatistics values = new IntSummaryStatistics();
            for (int i = 0; i < TICKS_OF_A_WEEK; i++) {
                values.accept(temperature.next(START + (long) i * TEN_SECONDS));
            }

            // Then
            assertThat(values.getMin()).as("seed %d", seed).isGreaterThanOrEqualTo(0);
            assertThat(values.getMax()).as("seed %d", seed).isLessThanOrEqualTo(3500);
            assertThat(values.getMax() - values.getMin()).as("seed %d", seed).isGreaterThan(1000);
        }
    }

    @Test
    void shouldDriftInsteadOfJump() {
        // Given
        Drift temperature = drift(7, Optional.empty());
        int previous = temperature.next(START);

        for (int i = 1; i < TICKS_OF_A_WEEK; i++) {
            // When
            int value = temperature.next(START + (long) i * TEN_SECONDS);

            // Then
            assertThat(Math.abs(value - previous)).isLessThan(50);
            previous = value;
        }
    }

    @Test
    void shouldBeWarmerInTheAfternoonThanAtNight() {
        // Given
        Drift temperature = drift(3, Optional.empty());
        long night = 0;
        long afternoon = 0;

        // When
        for (int hour = 0; hour < 24 * 30; hour++) {
            int value = temperature.next(START + hour * 3_600_000L);
            night += hour % 24 == 3 ? value : 0;
            afternoon += hour % 24 == 15 ? value : 0;
        }

        // Then
        assertThat(afternoon / 30 - night / 30).isGreaterThan(700);
    }

    @Test
    void shouldBeginAtItsStartValue() {
        assertThat(drift(1, Optional.of(3499)).next(START)).isEqualTo(3499);
        assertThat(drift(1, Optional.of(0)).next(START)).isZero();
    }

    @Test
    void shouldStandStillWhenItsBoundsAreTheSame() {
        // Given
        Drift still = new Drift(2100, 2100, Optional.empty(), true, new SplittableRandom(1));

        for (int i = 0; i < 100; i++) {
            assertThat(still.next(START + (long) i * TEN_SECONDS)).isEqualTo(2100);
        }
    }

    private static Drift drift(long seed, Optional<Integer> start) {
        return new Drift(0, 3500, start, true, new SplittableRandom(seed));
    }
}
