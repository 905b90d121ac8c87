// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.window.PaneHarness.Setup;
import dev.streampane.pipeline.window.PaneHarness.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sliding windows in their operator. Times in ms; a result reads {@code key [start,end) rev status sum of count}. */
class SlidingWindowsTest {

    private static final Setup SETUP = Setup.of("sliding(10s,5s)").allowedLateness(Duration.ofSeconds(5));
    private static final long ALL = Long.MAX_VALUE;

    private static List<String> results(PaneHarness windows) {
        return windows.results().stream().map(SlidingWindowsTest::text).toList();
    }

    private static String text(WindowResult result) {
        WindowResult.Window window = result.window();
        return "%s [%d,%d) %d %s %s of %d"
                .formatted(
                        result.entityKey(),
                        window.start().toEpochMilli(),
                        window.end().toEpochMilli(),
                        result.rev(),
                        result.status(),
                        result.sums().get(0).text(),
                        result.count());
    }

    @ParameterizedTest
    @CsvSource({"0, 19999", "5, 24999", "12, 31999"})
    void shouldKeepNothingWhenTheLastWindowIsClosed(int lateness, long watermark) throws Exception {
        try (PaneHarness windows =
                SETUP.allowedLateness(Duration.ofSeconds(lateness)).start()) {
            // Given
            windows.record("a", 3_000, 1).record("a", 12_000, 1).watermark(13_000);
            windows.record("b", 14_000, 1).record("b", 11_000, 1).watermark(watermark - 1);
            long before = windows.kept();

            // When
            windows.watermark(watermark);

            // Then
            assertThat(before).isPositive();
            assertThat(windows.kept()).isZero();
        }
    }

    @Test
    void shouldLookIntoTheNextWindowOncePerInterval() throws Exception {
        try (PaneHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given two records in an interval, the watermark in the next, a record in the one
            // after, none in the last
            windows.record("a", 1_000, 1)
                    .record("a", 6_000, 10)
                    .processingTime(1_000)
                    .watermark(4_999);
            windows.processingTime(2_000).record("a", 7_000, 100).processingTime(3_000);
            windows.processingTime(9_000);

            // When
            windows.watermark(ALL);

            // Then
            assertThat(results(windows))
                    .containsExactly(
                            "a [-5000,5000) 0 EARLY 1 of 1",
                            "a [-5000,5000) 1 FINAL 1 of 1",
                            "a [0,10000) 0 EARLY 111 of 3",
                            "a [0,10000) 1 FINAL 111 of 3",
                            "a [5000,15000) 1 FINAL 110 of 2");
            assertThat(windows.kept()).isZero();
        }
    }

    @Test
    void shouldLookIntoTheWindowThatIsNextByThen() throws Exception {
        try (PaneHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given
            windows.record("a", 6_000, 1).watermark(9_999);

            // When
            windows.processingTime(1_000);

            // Then
            assertThat(results(windows)).containsExactly("a [0,10000) 1 FINAL 1 of 1", "a [5000,15000) 0 EARLY 1 of 1");
        }
    }

    @Test
    void shouldSayNothingEarlyWhenTheWindowsAreGone() throws Exception {
        try (PaneHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given
            windows.record("a", 6_000, 1).watermark(30_000);
            int before = windows.results().size();

            // When
            windows.processingTime(1_000);

            // Then
            assertThat(windows.results()).hasSize(before);
            assertThat(windows.kept()).isZero();
        }
    }

    @Test
    void shouldHaveNoPreviewTimerWhenTheLastWindowHasFired() throws Exception {
        // Given
        State state;
        try (PaneHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            windows.record("a", 6_000, 1).watermark(9_999);
            assertThat(windows.previewTimers()).isOne();
            state = windows.snapshot();

            // When
            windows.watermark(14_999);

            // Then, although the windows are kept for late records
            assertThat(windows.previewTimers()).isZero();
            assertThat(windows.kept()).isPositive();
        }
        try (PaneHarness windows = SETUP.preview(Duration.ofSeconds(1)).restore(state)) {
            windows.record("a", 7_000, 1);
            assertThat(windows.previewTimers()).isOne();
            windows.watermark(14_999);
            assertThat(windows.previewTimers()).isZero();
        }
    }

    @Test
    void shouldKeepThePreviewTimerWhileRecordsAreAheadOfAGap() throws Exception {
        try (PaneHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given
            windows.record("a", 6_000, 1).record("a", 21_000, 10);

            // When the windows before the gap have fired
            windows.watermark(20_000).processingTime(1_000);

            // Then
            assertThat(results(windows)).contains("a [15000,25000) 0 EARLY 10 of 1");
            windows.watermark(ALL);
            assertThat(windows.kept()).isZero();
        }
    }
}
