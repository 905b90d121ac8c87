// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Panes of three records, and running totals at each 30 s of the watermark. */
class GlobalPanesTest {

    private static final PaneHarness.Setup COUNTS = PaneHarness.Setup.of("global(count=3)");
    private static final PaneHarness.Setup TOTALS = PaneHarness.Setup.of("global(every=30s)");

    @Test
    void shouldFireAPaneOfEveryThreeRecordsOfAKey() throws Exception {
        try (var panes = COUNTS.start()) {
            // When
            for (int i = 0; i < 7; i++) {
                panes.record("a", 1_000 * i, i);
                panes.record("b", 1_000 * i);
            }

            // Then
            assertThat(panes.said())
                    .containsExactly("a #0 1 FINAL 3", "b #0 1 FINAL 3", "a #1 1 FINAL 3", "b #1 1 FINAL 3");
            WindowResult second = panes.results().get(2);
            assertThat(second.id()).isEqualTo("a-job~global-count-3~a~1");
            assertThat(second.cause()).isEqualTo(Cause.COUNT);
            assertThat(second.sums()).extracting(WindowResult.Value::text).containsExactly("12");
            assertThat(second.inputs()).containsExactly(new WindowResult.Input("t", 0, 6L, 10L));
            assertThat(second.complete()).isTrue();
            assertThat(second.window().start()).isEqualTo(Instant.ofEpochMilli(3_000));
            assertThat(second.window().end()).isEqualTo(Instant.ofEpochMilli(5_001));
        }
    }

    @Test
    void shouldDropNothingHoweverOld() throws Exception {
        try (var panes = COUNTS.start();
                var totals = TOTALS.start()) {
            // Given
            panes.watermark(1_000_000);
            totals.watermark(1_000_000);

            // When
            panes.record("a", 0).record("a", 1).record("a", 2);
            totals.record("a", 0).watermark(1_020_000);

            // Then
            assertThat(panes.said()).containsExactly("a #0 1 FINAL 3");
            assertThat(totals.said()).containsExactly("a #34 1 FINAL 1");
            assertThat(panes.dropped() + totals.dropped()).isZero();
        }
    }

    @Test
    void shouldKeepOneSumHoweverManyRecords() throws Exception {
        try (var panes = PaneHarness.Setup.of("global(count=1000000)").start();
                var totals = TOTALS.start()) {
            // Given
            panes.record("a", 0);
            totals.record("a", 0);
            int ofOne = panes.kept() + totals.kept();

            // When
            for (int i = 1; i < 1_000; i++) {
                panes.record("a", i);
                totals.record("a", i);
            }

            // Then
            assertThat(panes.kept() + totals.kept()).isEqualTo(ofOne);
        }
    }

    @Test
    void shouldGoOnCountingAfterARestore() throws Exception {
        try (var panes = COUNTS.start()) {
            // Given
            for (int i = 0; i < 5; i++) {
                panes.record("a", i);
            }

            // When
            try (var restored = COUNTS.generation(2).restore(panes.snapshot())) {
                restored.record("a", 5).record("a", 6);

                // Then
                assertThat(restored.said()).containsExactly("a #1 1 FINAL 3");
                assertThat(restored.results().get(0).minEventTime()).isEqualTo(Instant.ofEpochMilli(3));
            }
        }
    }

    @Test
    void shouldTellTheTotalAtEachMultipleThatTheWatermarkReaches() throws Exception {
        try (var totals = TOTALS.start()) {
            // When
            totals.watermark(4_000).record("a", 5_000).watermark(29_999);
            int before = totals.results().size();
            totals.watermark(30_000);
            totals.record("a", 40_000).record("b", 41_000);
            totals.watermark(62_000).watermark(89_999).watermark(90_000);

            // Then
            assertThat(before).isZero();
            assertThat(totals.said())
                    .containsExactlyInAnyOrder(
                            "a #1 1 FINAL 1", "a #2 1 FINAL 2", "b #2 1 FINAL 1", "a #3 1 FINAL 2", "b #3 1 FINAL 1");
            WindowResult first = totals.results().get(0);
            assertThat(first.id()).isEqualTo("a-job~global-every-30s~a~1");
            assertThat(first.cause()).isEqualTo(Cause.WATERMARK);
            assertThat(first.window().start()).isEqualTo(Instant.ofEpochMilli(5_000));
            assertThat(first.window().end()).isEqualTo(Instant.ofEpochMilli(5_001));
        }
    }

    @Test
    void shouldTellATotalOnceWhereTheWatermarkLeaps() throws Exception {
        try (var totals = TOTALS.start()) {
            // Given a clock that stands in 1970
            totals.record("a", 5_000).watermark(5_000);

            // When
            totals.watermark(Instant.parse("2026-11-20T06:00:00Z").toEpochMilli());

            // Then
            assertThat(totals.said()).containsExactly("a #59838480 1 FINAL 1");
        }
    }

    @Test
    void shouldBeginAfterTheFirstRecordWhereThereIsNoWatermark() throws Exception {
        try (var totals = TOTALS.start()) {
            // When
            totals.record("a", 65_000).watermark(80_000);
            int before = totals.results().size();
            totals.watermark(90_000);

            // Then
            assertThat(before).isZero();
            assertThat(totals.said()).containsExactly("a #3 1 FINAL 1");
        }
    }

    @Test
    void shouldTellTheLastTotalWhenTheInputEnds() throws Exception {
        try (var totals = TOTALS.start()) {
            // Given
            totals.watermark(10_000).record("a", 5_000);

            // When
            totals.watermark(Long.MAX_VALUE);

            // Then
            assertThat(totals.said()).containsExactly("a #1 1 FINAL 1");
            assertThat(totals.results().get(0).watermark()).isNull();
        }
    }

    @Test
    void shouldTellTheFirstMultipleWhenTheWatermarkIsBelowZero() throws Exception {
        try (var totals = TOTALS.start()) {
            // Given
            totals.watermark(-100_000).record("a", 0);

            // When
            totals.watermark(-1).watermark(0);

            // Then
            assertThat(totals.said()).containsExactly("a #0 1 FINAL 1");
        }
    }

    @Test
    void shouldGoOnAfterARestoreWithTheNextMultiple() throws Exception {
        try (var totals = TOTALS.start()) {
            // Given
            totals.record("a", 5_000).watermark(35_000);

            // When
            try (var restored = TOTALS.restore(totals.snapshot())) {
                restored.record("a", 6_000).watermark(36_000).watermark(60_000);

                // Then
                assertThat(restored.said()).containsExactly("a #2 1 FINAL 2");
            }
        }
    }

    @Test
    void shouldForgetATotalThatNoRecordComesTo() throws Exception {
        try (var totals = TOTALS.stateTtl(Duration.ofMinutes(1)).start()) {
            // Given
            totals.record("a", 5_000).watermark(30_000).watermark(60_000);

            // When the newest record is a minute behind
            totals.watermark(90_000);
            int kept = totals.kept();
            totals.record("a", 95_000).watermark(120_000);

            // Then
            assertThat(kept).isZero();
            assertThat(totals.said()).containsExactly("a #1 1 FINAL 1", "a #2 1 FINAL 1", "a #4 1 FINAL 1");
        }
    }

    @Test
    void shouldTellATotalBeforeForgettingIt() throws Exception {
        try (var totals = TOTALS.stateTtl(Duration.ofSeconds(1)).start()) {
            // Given a record that is older than the time to live
            totals.watermark(59_000).record("a", 5_000);

            // When
            totals.watermark(60_000).watermark(90_000);

            // Then
            assertThat(totals.said()).containsExactly("a #2 1 FINAL 1");
            assertThat(totals.kept()).isZero();
        }
    }

    @Test
    void shouldForgetAlsoWhatWasKeptForGoodBefore() throws Exception {
        try (var totals = TOTALS.start()) {
            // Given
            totals.record("a", 5_000).watermark(30_000);

            // When
            try (var restored = TOTALS.stateTtl(Duration.ofMinutes(1)).restore(totals.snapshot())) {
                restored.watermark(60_000).watermark(90_000).watermark(120_000).watermark(150_000);

                // Then
                assertThat(restored.kept()).isZero();
            }
        }
    }

    @Test
    void shouldNotForgetWhatCameWhileTotalsWereKeptForGood() throws Exception {
        var forgetting = TOTALS.stateTtl(Duration.ofMinutes(1));
        try (var before = forgetting.start()) {
            // Given
            before.record("a", 5_000).watermark(30_000);
            try (var kept = TOTALS.restore(before.snapshot())) {
                kept.record("a", 31_000);

                // When
                try (var restored = forgetting.restore(kept.snapshot())) {
                    restored.watermark(120_000);

                    // Then
                    assertThat(restored.said()).containsExactly("a #4 1 FINAL 2");
                }
            }
        }
    }

    @Test
    void shouldLookIntoPanesThatAreNotFull() throws Exception {
        try (var panes = COUNTS.preview(Duration.ofSeconds(1)).start();
                var totals = TOTALS.preview(Duration.ofSeconds(1)).start()) {
            // When
            panes.record("a", 0).record("a", 1).processingTime(1_000);
            panes.record("a", 2).processingTime(2_000);
            totals.record("a", 5_000).processingTime(1_000).processingTime(2_000);
            totals.watermark(30_000).processingTime(3_000);

            // Then
            assertThat(panes.said()).containsExactly("a #0 0 EARLY 2", "a #0 1 FINAL 3");
            assertThat(totals.said()).containsExactly("a #1 0 EARLY 1", "a #1 1 FINAL 1");
            assertThat(panes.previewTimers() + totals.previewTimers()).isZero();
        }
    }

    @Test
    void shouldSwallowNoPaneForATimerThatWasLeftWhenPreviewsWereTurnedOff() throws Exception {
        PaneHarness.Setup looking = COUNTS.preview(Duration.ofSeconds(1));
        try (var panes = looking.start()) {
            panes.record("a", 0);
            try (var without = COUNTS.restore(panes.snapshot())) {
                without.record("a", 1).record("a", 2);
                // When
                try (var again = looking.restore(without.snapshot())) {
                    again.processingTime(1_000);
                    again.record("a", 3).record("a", 4).record("a", 5);
                    // Then
                    assertThat(again.said()).containsExactly("a #1 1 FINAL 3");
                }
            }
        }
    }

    @Test
    void shouldNotForgetATotalForAnOlderRecord() throws Exception {
        try (var totals = TOTALS.stateTtl(Duration.ofMinutes(1)).start()) {
            totals.record("a", 80_000).record("a", 5_000);
            totals.watermark(90_000).watermark(120_000);
            assertThat(totals.said()).containsExactly("a #3 1 FINAL 2", "a #4 1 FINAL 2");
        }
    }
}
