// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tumbling and calendar windows; more on the former in {@link PaneResultsTest}. */
class FixedPanesTest {

    private static final PaneHarness.Setup MINUTES =
            PaneHarness.Setup.of("tumbling(1m)").preview(Duration.ofSeconds(1));

    private static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-28T23:00:00Z, 2026-03-29T21:59:59.999Z, 2026-03-29T22:00:00Z, 23",
        "2026-10-24T22:00:00Z, 2026-10-25T22:59:59.999Z, 2026-10-25T23:00:00Z, 25",
        "2026-11-19T23:00:00Z, 2026-11-20T22:59:59.999Z, 2026-11-20T23:00:00Z, 24"
    })
    void shouldFireADayAtItsLastMillisecond(String first, String last, String next, int hours) throws Exception {
        try (var days = PaneHarness.Setup.of("calendar(day,Europe/Berlin)").start()) {
            // Given
            days.record("a", millis(first)).record("a", millis(last)).record("a", millis(next));
            days.watermark(millis(last) - 1);
            int before = days.results().size();

            // When
            days.watermark(millis(last)).record("a", millis(first) + 1);

            // Then
            assertThat(before).isZero();
            assertThat(days.said())
                    .containsExactly(
                            "a [%d,%d) 1 FINAL 2".formatted(millis(first), millis(next)),
                            "a [%d,%d) 2 REVISED 3".formatted(millis(first), millis(next)));
            WindowResult.Window window = days.results().get(0).window();
            assertThat(Duration.between(window.start(), window.end())).hasHours(hours);
            assertThat(window.zone()).isEqualTo("Europe/Berlin");
            assertThat(window.kind()).isEqualTo("calendar");
        }
    }

    @Test
    void shouldKeepNothingOfADayOnceTheLatenessHasPassed() throws Exception {
        try (var days = PaneHarness.Setup.of("all:calendar(week,UTC)").start()) {
            // Given
            long end = millis("2026-11-23T00:00:00Z");
            days.record("", millis("2026-11-16T00:00:00Z")).watermark(end + 59_998);
            int before = days.kept();

            // When
            days.watermark(end + 59_999).record("", end - 1);

            // Then
            assertThat(before).isPositive();
            assertThat(days.kept()).isZero();
            assertThat(days.dropped()).isEqualTo(1);
            assertThat(days.results().get(0).id())
                    .isEqualTo("a-job~all-calendar-week-UTC~~20261116T000000.000Z~20261123T000000.000Z");
        }
    }

    @Test
    void shouldLookIntoOpenPanesOnceAfterEachIntervalWithARecord() throws Exception {
        try (var panes = MINUTES.start()) {
            // When
            panes.processingTime(500).record("a", 0).record("a", 1_000).record("b", 0);
            panes.processingTime(1_499);
            int before = panes.results().size();
            panes.processingTime(1_500).processingTime(10_000);
            panes.record("a", 2_000).processingTime(11_000);
            panes.record("a", 3_000).watermark(59_999).processingTime(20_000);

            // Then
            assertThat(before).isZero();
            assertThat(panes.said())
                    .containsExactlyInAnyOrder(
                            "a [0,60000) 0 EARLY 2",
                            "b [0,60000) 0 EARLY 1",
                            "a [0,60000) 0 EARLY 3",
                            "a [0,60000) 1 FINAL 4",
                            "b [0,60000) 1 FINAL 1");
            assertThat(panes.results().get(0).cause()).isEqualTo(Cause.PREVIEW);
            assertThat(panes.previewTimers()).isZero();
        }
    }

    @Test
    void shouldCountRevisionsAsIfNobodyHadLooked() throws Exception {
        try (var panes = MINUTES.start()) {
            // Given a pane that was published
            panes.record("a", 0).processingTime(1_000).watermark(59_999).record("a", 1);

            // When it is looked into before the first watermark after a restore
            try (var restored = MINUTES.restore(panes.snapshot())) {
                restored.record("a", 2).processingTime(2_000).watermark(59_999);
                restored.watermark(119_999);

                // Then
                assertThat(restored.said()).containsExactly("a [0,60000) 2 EARLY 3", "a [0,60000) 3 REVISED 3");
                assertThat(restored.kept()).isZero();
            }
        }
    }

    @Test
    void shouldLookNoMoreWhenRestoredWithoutPreviews() throws Exception {
        try (var panes = MINUTES.start()) {
            // Given
            panes.record("a", 0);

            // When
            try (var restored = PaneHarness.Setup.of("tumbling(1m)").restore(panes.snapshot())) {
                restored.processingTime(5_000).watermark(59_999).watermark(119_999);

                // Then
                assertThat(restored.said()).containsExactly("a [0,60000) 1 FINAL 1");
                assertThat(restored.kept()).isZero();
            }
        }
    }
}
