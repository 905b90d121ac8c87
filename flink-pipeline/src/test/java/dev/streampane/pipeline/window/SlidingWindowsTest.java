// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.window.SlidingHarness.Setup;
import dev.streampane.pipeline.window.SlidingHarness.State;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sliding windows in their operator. Times in ms; a result reads {@code key [start,end) rev status sum of count}. */
class SlidingWindowsTest {

    private static final Setup SETUP = Setup.of("sliding(10s,5s)", Duration.ofSeconds(5));
    private static final long ALL = Long.MAX_VALUE;

    private static List<String> results(SlidingHarness windows) {
        return windows.results().stream().map(SlidingWindowsTest::text).toList();
    }

    private static String text(WindowResult result) {
        return result.entityKey()
                + " ["
                + result.window().start().toEpochMilli()
                + ','
                + result.window().end().toEpochMilli()
                + ") "
                + result.rev()
                + ' '
                + result.status()
                + ' '
                + result.sums().get(0).units()
                + " of "
                + result.count();
    }

    static Stream<Arguments> cuts() {
        return Stream.of(
                Arguments.of(
                        "sliding(10s,5s)",
                        new long[][] {{1_000, 1}, {6_000, 20}},
                        List.of(
                                "[-5000,5000) 1 FINAL 1 of 1",
                                "[0,10000) 1 FINAL 21 of 2",
                                "[5000,15000) 1 FINAL 20 of 1")),
                Arguments.of(
                        "sliding(4s,2s)", // as the documentation shows
                        new long[][] {{1_000, 1}, {3_000, 3}, {4_000, 4}},
                        List.of(
                                "[-2000,2000) 1 FINAL 1 of 1",
                                "[0,4000) 1 FINAL 4 of 2",
                                "[2000,6000) 1 FINAL 7 of 2",
                                "[4000,8000) 1 FINAL 4 of 1")),
                Arguments.of(
                        "sliding(10s,4s)", // slices of 2 s that begin at 0, 1, 2, 8 and 9 s
                        new long[][] {{0, 1}, {1_999, 10}, {2_000, 100}, {9_999, 1_000}},
                        List.of(
                                "[-8000,2000) 1 FINAL 11 of 2",
                                "[-4000,6000) 1 FINAL 111 of 3",
                                "[0,10000) 1 FINAL 1111 of 4",
                                "[4000,14000) 1 FINAL 1000 of 1",
                                "[8000,18000) 1 FINAL 1000 of 1")));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void shouldCountARecordInEachOfItsWindows(String spec, long[][] values, List<String> expected) throws Exception {
        try (SlidingHarness windows = Setup.of(spec, Duration.ZERO).start()) {
            // Given
            for (long[] value : values) {
                windows.record("a", value[0], value[1]);
            }

            // When
            windows.watermark(ALL);

            // Then
            assertThat(results(windows))
                    .containsExactlyElementsOf(
                            expected.stream().map(result -> "a " + result).toList());
        }
    }

    @Test
    void shouldFireWhenTheWatermarkReachesTheLastMillisecond() throws Exception {
        try (SlidingHarness windows = SETUP.start()) {
            // Given
            windows.record("a", 5_000, 1);
            windows.watermark(9_998);
            boolean early = !windows.results().isEmpty();

            // When
            windows.watermark(9_999);

            // Then
            assertThat(early).isFalse();
            assertThat(results(windows)).containsExactly("a [0,10000) 1 FINAL 1 of 1");
        }
    }

    @Test
    void shouldSayNothingOfWindowsWithoutRecords() throws Exception {
        try (SlidingHarness windows = SETUP.start()) {
            // Given
            windows.record("a", 0, 1);
            windows.record("a", 100_000, 2);
            windows.record("b", 50_000, 3);

            // When
            windows.watermark(ALL);

            // Then
            assertThat(results(windows))
                    .containsExactlyInAnyOrder(
                            "a [-5000,5000) 1 FINAL 1 of 1",
                            "a [0,10000) 1 FINAL 1 of 1",
                            "b [45000,55000) 1 FINAL 3 of 1",
                            "b [50000,60000) 1 FINAL 3 of 1",
                            "a [95000,105000) 1 FINAL 2 of 1",
                            "a [100000,110000) 1 FINAL 2 of 1");
        }
    }

    @Test
    void shouldReviseEachPublishedWindowOfALateRecord() throws Exception {
        try (SlidingHarness windows =
                SETUP.allowedLateness(Duration.ofSeconds(20)).start()) {
            // Given [0,10) and [5,15) published, [10,20) not
            windows.record("a", 6_000, 1);
            windows.record("a", 11_000, 10);
            windows.watermark(15_000);
            int before = windows.results().size();

            // When
            windows.record("a", 7_000, 100);
            windows.record("a", 12_000, 1_000);

            // Then
            assertThat(results(windows).subList(before, windows.results().size()))
                    .containsExactly(
                            "a [0,10000) 2 REVISED 101 of 2",
                            "a [5000,15000) 2 REVISED 111 of 3",
                            "a [5000,15000) 3 REVISED 1111 of 4");
        }
    }

    @Test
    void shouldPublishAPassedWindowThatOnlyALateRecordFills() throws Exception {
        try (SlidingHarness windows = SETUP.start()) {
            // Given
            windows.watermark(11_000);

            // When
            windows.record("a", 9_000, 1);

            // Then
            assertThat(results(windows)).containsExactly("a [0,10000) 1 FINAL 1 of 1");
            assertThat(windows.results().get(0).cause()).isEqualTo(WindowResult.Cause.WATERMARK);
        }
    }

    @ParameterizedTest
    @CsvSource({"14998, 0", "14999, 1"})
    void shouldDropWhenTheFirstWindowOfARecordIsClosed(long watermark, int dropped) throws Exception {
        try (SlidingHarness windows = SETUP.start()) {
            // Given
            windows.watermark(watermark);

            // When
            windows.record("a", 6_000, 1);
            windows.watermark(ALL);

            // Then
            assertThat(windows.dropped()).isEqualTo(dropped);
            assertThat(windows.results()).hasSize(dropped == 0 ? 2 : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 19999", "5, 24999", "12, 31999"})
    void shouldKeepNothingWhenTheLastWindowIsClosed(int lateness, long watermark) throws Exception {
        try (SlidingHarness windows =
                SETUP.allowedLateness(Duration.ofSeconds(lateness)).start()) {
            // Given
            windows.record("a", 3_000, 1);
            windows.record("a", 12_000, 1);
            windows.watermark(13_000);
            windows.record("b", 14_000, 1);
            windows.record("b", 11_000, 1);
            windows.watermark(watermark - 1);
            long before = windows.kept();

            // When
            windows.watermark(watermark);

            // Then
            assertThat(before).isPositive();
            assertThat(windows.kept()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 3, REVISED", "2, 1, REVISED"})
    void shouldGoOnCountingRevisionsAfterRestore(int generation, int rev, WindowResult.Status status) throws Exception {
        try (SlidingHarness before = SETUP.start()) {
            // Given
            before.record("a", 6_000, 1);
            before.watermark(9_999);
            before.record("a", 7_000, 1);

            // When
            try (SlidingHarness after = SETUP.generation(generation).restore(before.snapshot())) {
                after.watermark(9_999);
                after.record("a", 8_000, 1);

                // Then
                assertThat(after.results())
                        .singleElement()
                        .satisfies(result -> assertThat(result.rev()).isEqualTo(rev))
                        .satisfies(result -> assertThat(result.status()).isEqualTo(status))
                        .satisfies(result -> assertThat(result.count()).isEqualTo(3));
            }
        }
    }

    @Test
    void shouldSayNothingTwiceWhenTheWatermarkBeginsLowerAfterRestore() throws Exception {
        try (SlidingHarness before =
                SETUP.allowedLateness(Duration.ofSeconds(60)).start()) {
            // Given windows up to [10,20) published
            before.record("a", 6_000, 1);
            before.record("a", 12_000, 10);
            before.watermark(19_999);

            // When a record comes before the watermark is where it was
            try (SlidingHarness after =
                    SETUP.allowedLateness(Duration.ofSeconds(60)).restore(before.snapshot())) {
                after.watermark(7_000);
                after.record("a", 1_000, 100);
                after.watermark(19_999);

                // Then
                assertThat(results(after))
                        .containsExactly("a [-5000,5000) 1 FINAL 100 of 1", "a [0,10000) 2 REVISED 101 of 2");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 0", "5, 1", "5, 9", "0, 5", "0, 0", "5, 5"})
    void shouldKeepNothingAlsoWhenTheLatenessWasAnother(int before, int after) throws Exception {
        try (SlidingHarness windows =
                SETUP.allowedLateness(Duration.ofSeconds(before)).start()) {
            // Given windows that were published and ones that were not
            windows.record("a", 1_000, 1);
            windows.record("a", 8_000, 1);
            windows.watermark(10_000);
            windows.record("b", 11_000, 1);

            // When
            try (SlidingHarness restored =
                    SETUP.allowedLateness(Duration.ofSeconds(after)).restore(windows.snapshot())) {
                for (int watermark = 10_000; watermark <= 40_000; watermark += 500) {
                    restored.watermark(watermark);
                }

                // Then
                assertThat(results(restored))
                        .containsExactlyInAnyOrder(
                                "a [5000,15000) 1 FINAL 1 of 1",
                                "b [5000,15000) 1 FINAL 1 of 1",
                                "b [10000,20000) 1 FINAL 1 of 1");
                assertThat(restored.kept()).isZero();
            }
        }
    }

    @Test
    void shouldRestoreAtAnotherParallelism() throws Exception {
        try (SlidingHarness before = SETUP.parallelism(1).start()) {
            // Given
            for (int key = 0; key < 20; key++) {
                before.record("k" + key, 6_000, key);
            }
            before.watermark(9_999);

            // When
            try (SlidingHarness after = SETUP.parallelism(3).restore(before.snapshot())) {
                after.watermark(9_999);
                for (int key = 0; key < 20; key++) {
                    after.record("k" + key, 12_000, 100);
                }
                after.watermark(14_999);

                // Then
                assertThat(after.results()).hasSize(20);
                for (int key = 0; key < 20; key++) {
                    assertThat(results(after)).contains("k" + key + " [5000,15000) 1 FINAL " + (100 + key) + " of 2");
                }
            }
        }
    }

    @Test
    void shouldTellWhatThePaneHolds() throws Exception {
        try (SlidingHarness windows = SETUP.start()) {
            // Given
            WindowSpec spec = WindowSpecParser.parse("sliding(10s,5s)");
            windows.record(Partials.marked(Partials.of("a", 6_000, "t", 1, 7, 5_000_000), spec, 10_000, 1));
            windows.record(Partials.of("a", 9_000, "t", 0, 3, -2_000_000));
            windows.record(Partials.of("a", 5_500, "t", 1, 9, 1_000_000));

            // When
            windows.watermark(9_999);

            // Then
            assertThat(windows.results()).hasSize(1);
            WindowResult result = windows.results().get(0);
            assertThat(result.id()).isEqualTo("a-job~sliding-10s-5s~a~19700101T000000.000Z~19700101T000010.000Z");
            assertThat(result.spec()).isEqualTo("sliding(10s,5s)");
            assertThat(result.window().kind()).isEqualTo("sliding");
            assertThat(result.complete()).isFalse();
            assertThat(result.late()).isEqualTo(1);
            assertThat(result.values()).extracting(WindowResult.Value::number).hasToString("[-2.000000, 5.000000]");
            assertThat(result.minEventTime()).hasToString("1970-01-01T00:00:05.500Z");
            assertThat(result.maxEventTime()).hasToString("1970-01-01T00:00:09Z");
            assertThat(result.inputs())
                    .containsExactly(new WindowResult.Input("t", 0, 3L, 3L), new WindowResult.Input("t", 1, 7L, 9L));
            assertThat(result.watermark()).hasToString("1970-01-01T00:00:09.999Z");
        }
    }

    @Test
    void shouldLookIntoTheNextWindowOncePerInterval() throws Exception {
        try (SlidingHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given two records in an interval, the watermark in the next, a record in the one
            // after, none in the last
            windows.record("a", 1_000, 1);
            windows.record("a", 6_000, 10);
            windows.timeOfDay(1_000);
            windows.watermark(4_999);
            windows.timeOfDay(2_000);
            windows.record("a", 7_000, 100);
            windows.timeOfDay(3_000);
            windows.timeOfDay(9_000);

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
        try (SlidingHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given
            windows.record("a", 6_000, 1);
            windows.watermark(9_999);

            // When
            windows.timeOfDay(1_000);

            // Then
            assertThat(results(windows)).containsExactly("a [0,10000) 1 FINAL 1 of 1", "a [5000,15000) 0 EARLY 1 of 1");
        }
    }

    @Test
    void shouldSayNothingEarlyWhenTheWindowsAreGone() throws Exception {
        try (SlidingHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given
            windows.record("a", 6_000, 1);
            windows.watermark(30_000);
            int before = windows.results().size();

            // When
            windows.timeOfDay(1_000);

            // Then
            assertThat(windows.results()).hasSize(before);
            assertThat(windows.kept()).isZero();
        }
    }

    @Test
    void shouldHaveNoPreviewTimerWhenTheLastWindowHasFired() throws Exception {
        // Given
        State state;
        try (SlidingHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            windows.record("a", 6_000, 1);
            windows.watermark(9_999);
            assertThat(windows.previewTimers()).isOne();
            state = windows.snapshot();

            // When
            windows.watermark(14_999);

            // Then, although the windows are kept for late records
            assertThat(windows.previewTimers()).isZero();
            assertThat(windows.kept()).isPositive();
        }
        try (SlidingHarness windows = SETUP.preview(Duration.ofSeconds(1)).restore(state)) {
            windows.record("a", 7_000, 1);
            assertThat(windows.previewTimers()).isOne();
            windows.watermark(14_999);
            assertThat(windows.previewTimers()).isZero();
        }
    }

    @Test
    void shouldKeepThePreviewTimerWhileRecordsAreAheadOfAGap() throws Exception {
        try (SlidingHarness windows = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given
            windows.record("a", 6_000, 1);
            windows.record("a", 21_000, 10);

            // When the windows before the gap have fired
            windows.watermark(20_000);
            windows.timeOfDay(1_000);

            // Then
            assertThat(results(windows)).contains("a [15000,25000) 0 EARLY 10 of 1");
            windows.watermark(ALL);
            assertThat(windows.kept()).isZero();
        }
    }
}
