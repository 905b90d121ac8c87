// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import static dev.streampane.pipeline.intake.PartitionClock.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** B 5 ms, L 60 ms. */
class PartitionClockTest {

    private static PartitionClock clock(long b, long l, long clock, long... horizons) {
        return new PartitionClock(b, l, clock, horizons);
    }

    @Test
    void shouldHaveNoTimeBeforeTheFirstRecord() {
        // Given
        PartitionClock clock = clock(5, 60, NONE, NONE);

        // Then
        assertThat(clock.clock()).isEqualTo(NONE);
        assertThat(clock.horizon(0)).isEqualTo(NONE);
        assertThat(clock.isClosed(0, 0)).isFalse();
        assertThat(clock.passed()).isEqualTo(NONE);
    }

    @Test
    void shouldCloseWindowsAtTheHorizonAndNotAfterIt() {
        // Given
        PartitionClock clock = clock(5, 60, NONE, NONE);

        // When
        clock.advance(165);

        // Then
        assertThat(clock.isClosed(0, 100)).isTrue();
        assertThat(clock.isClosed(0, 101)).isFalse();
        assertThat(clock.passed()).isEqualTo(160);
    }

    @Test
    void shouldNeverGoBack() {
        // Given
        PartitionClock clock = clock(5, 60, NONE, NONE);
        clock.advance(165);

        // When
        clock.advance(100);

        // Then
        assertThat(clock.clock()).isEqualTo(165);
        assertThat(clock.horizon(0)).isEqualTo(100);
    }

    @Test
    void shouldKeepClosedWhatWasClosedUnderSmallerBounds() {
        // When
        PartitionClock clock = clock(50, 600, 165, 100);

        // Then
        assertThat(clock.horizon(0)).isEqualTo(100);
        clock.advance(751);
        assertThat(clock.horizon(0)).isEqualTo(101);
    }

    @Test
    void shouldCloseMoreAtOnceUnderSmallerBounds() {
        assertThat(clock(1, 0, 165, 100).horizon(0)).isEqualTo(164);
    }

    @Test
    void shouldGiveNewSpecificationTheHorizonOfTheClock() {
        assertThat(clock(5, 60, 165, 120, NONE).horizon(0)).isEqualTo(120);
        assertThat(clock(5, 60, 165, 120, NONE).horizon(1)).isEqualTo(100);
    }
}
