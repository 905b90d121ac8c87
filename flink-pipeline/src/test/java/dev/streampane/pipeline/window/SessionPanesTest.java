// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static dev.streampane.pipeline.testing.CpuTime.assertTakes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.contract.WindowResult.Cause;
import dev.streampane.pipeline.contract.WindowResult.Status;
import dev.streampane.pipeline.testing.CpuTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions with a gap of 10 s and an allowed lateness of 60 s. */
class SessionPanesTest {

    private static final PaneHarness.Setup SETUP = PaneHarness.Setup.of("session(10s)");

    @AutoClose
    private PaneHarness sessions;

    @BeforeEach
    void open() throws Exception {
        sessions = SETUP.start();
    }

    @Test
    void shouldFireWhenTheWatermarkReachesTheLastMillisecond() throws Exception {
        // Given
        sessions.record("a", 0).record("a", 5_000).watermark(14_998);
        List<String> before = sessions.said();

        // When
        sessions.watermark(14_999);

        // Then
        assertThat(before).isEmpty();
        assertThat(sessions.said()).containsExactly("a [0,15000) 1 FINAL 2");
        assertThat(sessions.results().get(0).cause()).isEqualTo(Cause.WATERMARK);
    }

    @Test
    void shouldJoinRecordsThatLieTheGapApartAndNoMore() throws Exception {
        // Given
        sessions.record("a", 0).record("a", 10_000).record("b", 0).record("b", 10_001);

        // When
        sessions.watermark(50_000);

        // Then
        assertThat(sessions.said())
                .containsExactlyInAnyOrder(
                        "a [0,20000) 1 FINAL 2", "b [0,10000) 1 FINAL 1", "b [10001,20001) 1 FINAL 1");
    }

    @Test
    void shouldReviseASessionThatALateRecordFallsInto() throws Exception {
        // Given
        sessions.record("a", 0).record("a", 9_000).watermark(20_000);

        // When
        sessions.record("a", 4_000).record("a", 5_000);

        // Then
        assertThat(sessions.said())
                .containsExactly("a [0,19000) 1 FINAL 2", "a [0,19000) 2 REVISED 3", "a [0,19000) 3 REVISED 4");
        assertThat(sessions.results().get(1).cause()).isEqualTo(Cause.LATE_RECORD);
    }

    @Test
    void shouldTakeBackTheSessionsThatALateRecordJoins() throws Exception {
        // Given
        sessions.record("a", 0).record("a", 15_000).watermark(30_000);

        // When
        sessions.record("a", 8_000);

        // Then
        assertThat(sessions.said())
                .containsExactly(
                        "a [0,10000) 1 FINAL 1",
                        "a [15000,25000) 1 FINAL 1",
                        "a [0,25000) 1 FINAL 3",
                        "a [0,10000) 2 RETRACTED 0",
                        "a [15000,25000) 2 RETRACTED 0");
        assertRetracted(sessions.results().get(3), sessions.results().get(2));
        assertRetracted(sessions.results().get(4), sessions.results().get(2));
    }

    private static void assertRetracted(WindowResult gone, WindowResult by) {
        assertThat(gone.cause()).isEqualTo(Cause.MERGED);
        assertThat(gone.mergedInto()).isEqualTo(by.id());
        assertThat(gone.values()).isEmpty();
        assertThat(gone.sums()).isEmpty();
        assertThat(gone.late()).isZero();
        assertThat(gone.minEventTime()).isNull();
        assertThat(gone.maxEventTime()).isNull();
        assertThat(gone.inputs()).isEmpty();
        assertThat(gone.complete()).isTrue();
    }

    @Test
    void shouldTakeBackOnlyWhenTheLongerSessionFires() throws Exception {
        // Given
        sessions.record("a", 0).watermark(12_000).record("a", 9_000).record("a", 14_000);
        List<String> before = sessions.said();

        // When
        sessions.watermark(23_998).watermark(23_999);

        // Then
        assertThat(before).containsExactly("a [0,10000) 1 FINAL 1");
        assertThat(sessions.said())
                .containsExactly("a [0,10000) 1 FINAL 1", "a [0,24000) 1 FINAL 3", "a [0,10000) 2 RETRACTED 0");
    }

    @Test
    void shouldKeepASessionAsLongAsACountedRecordCanTouchIt() throws Exception {
        // Given
        sessions.record("a", 0).watermark(79_998);

        // When a record that is late by no partition's clock begins where the session ends
        sessions.record("a", 10_000);

        // Then
        assertThat(sessions.said())
                .containsExactly("a [0,10000) 1 FINAL 1", "a [0,20000) 1 FINAL 2", "a [0,10000) 2 RETRACTED 0");
        assertThat(sessions.dropped()).isZero();
    }

    @Test
    void shouldKeepNothingAndDropOnceNoRecordCanTouchIt() throws Exception {
        // Given
        sessions.record("a", 0).record("b", 0).watermark(79_998);
        int before = sessions.kept();

        // When
        sessions.watermark(79_999);
        int after = sessions.kept();
        sessions.record("a", 10_000);

        // Then
        assertThat(before).isPositive();
        assertThat(after).isZero();
        assertThat(sessions.dropped()).isEqualTo(1);
        assertThat(sessions.kept()).isZero();
    }

    @Test
    void shouldDropWhatCouldTouchASessionThatHasGone() throws Exception {
        // Given [0,10) has gone, [12,22) is there, and a record between them would lack the first
        sessions.record("a", 0).record("a", 12_000).watermark(80_000);

        // When
        sessions.record("a", 9_000);

        // Then
        assertThat(sessions.dropped()).isEqualTo(1);
        assertThat(sessions.said()).containsExactly("a [0,10000) 1 FINAL 1", "a [12000,22000) 1 FINAL 1");
    }

    @Test
    void shouldForgetSessionsWhoseTimersFallTogether() throws Exception {
        // Given [0,10) is to be forgotten at the very time at which [70,80) is to fire
        sessions.record("a", 0).watermark(10_000).record("a", 70_000);

        // When
        sessions.record("a", 70_500).watermark(79_999);
        List<String> then = sessions.said();
        sessions.watermark(80_499).watermark(150_499);

        // Then
        assertThat(then).containsExactly("a [0,10000) 1 FINAL 1");
        assertThat(sessions.said()).containsExactly("a [0,10000) 1 FINAL 1", "a [70000,80500) 1 FINAL 2");
        assertThat(sessions.kept()).isZero();
    }

    @Test
    void shouldHaveOneTimerForASessionOfManyRecords() throws Exception {
        // When
        for (int i = 0; i < 1_000; i++) {
            sessions.record("a", i * 100L);
        }

        // Then one entry and one timer
        assertThat(sessions.kept()).isEqualTo(2);
    }

    /** A batch has all sessions of a key before its one watermark: nothing may look at all of them for each record or timer. */
    @Test
    void shouldLookAtNoOtherSessionsOfAKeyThatHasMany() throws Exception {
        // Given
        int many = 16_000;
        try (PaneHarness briefly = PaneHarness.Setup.of("session(1s)")
                .allowedLateness(Duration.ofDays(1))
                .start()) {
            assertTakes(Duration.ofSeconds(10), () -> {
                for (int session = 0; session < many; session++) {
                    briefly.record("a", session * 2_000L);
                }

                // When
                briefly.watermark(many * 2_000L).watermark(Long.MAX_VALUE - 1);
            });

            // Then
            assertThat(briefly.results()).hasSize(many);
            assertThat(briefly.kept()).isZero();
        }
    }

    /** Five times as many cost some five times as much; if each looked at all others, some 25 times. */
    @Test
    void shouldLookIntoNoOtherSessionsOfAKeyThatHasMany() throws Exception {
        // Given
        costOfLookingInto(10_000);

        // When
        long few = Long.MAX_VALUE;
        long many = Long.MAX_VALUE;
        double ratio = Double.MAX_VALUE;
        for (int run = 1; run <= 3 && ratio >= 12; run++) {
            few = Math.min(few, costOfLookingInto(10_000));
            many = Math.min(many, costOfLookingInto(50_000));
            ratio = (double) many / few;
        }

        // Then
        assertThat(ratio).isLessThan(12);
    }

    /** Each session has a time of its own to be looked into; half of them fire before it. */
    private static long costOfLookingInto(int many) throws Exception {
        Duration preview = Duration.ofHours(1);
        try (PaneHarness looking = PaneHarness.Setup.of("session(1s)")
                .allowedLateness(Duration.ofDays(1))
                .preview(preview)
                .start()) {
            Duration cost = CpuTime.of(() -> {
                for (int session = 1; session <= many; session++) {
                    looking.processingTime(session).record("a", session * 2_000L);
                }
                looking.processingTime(preview.toMillis() + many / 2).watermark(Long.MAX_VALUE - 1);
            });
            assertThat(looking.results()).hasSize(many / 2 + many);
            assertThat(looking.previewTimers()).isZero();
            assertThat(looking.kept()).isZero();
            return cost.toNanos();
        }
    }

    @Test
    void shouldTakeBackAsCompletelyAsItHasSaid() throws Exception {
        // Given
        sessions.record("a", 0).watermark(20_000);

        // When a record that may lack earlier ones lengthens it
        sessions.readFrom(8_001, "a", 8_000);

        // Then the retraction outranks what it takes back
        assertThat(sessions.results())
                .extracting(WindowResult::status, WindowResult::complete)
                .containsExactly(tuple(Status.FINAL, true), tuple(Status.FINAL, false), tuple(Status.RETRACTED, true));
    }

    @ParameterizedTest
    @CsvSource({"-10000, true", "-9999, false", "-2000, false"})
    void shouldLackRecordsWhereAPartitionWasReadFromWithinIt(long from, boolean complete) throws Exception {
        // Given partition 0, read from its beginning, and partition 1, of which records before that time were not read
        sessions.record("a", 0);

        // When
        sessions.readFrom(from, "a", 8_000).watermark(20_000);

        // Then a record of 10 s before the first would be of the session
        assertThat(sessions.said()).containsExactly("a [0,18000) 1 FINAL 2");
        assertThat(sessions.results().get(0).complete()).isEqualTo(complete);
    }

    @Test
    void shouldLackRecordsWhenALateOneJoinsItToWhatWasReadFromWithinIt() throws Exception {
        // Given two sessions that lack nothing, also where partition 1 was read from 5 s on
        sessions.record("a", 0).readFrom(5_000, "a", 15_000).watermark(30_000);
        assertThat(sessions.results()).extracting(WindowResult::complete).containsExactly(true, true);

        // When
        try (var restored = SETUP.restore(sessions.snapshot())) {
            restored.watermark(30_000).record("a", 8_000);

            // Then
            assertThat(restored.results())
                    .extracting(WindowResult::status, WindowResult::complete)
                    .containsExactly(
                            tuple(Status.FINAL, false), tuple(Status.RETRACTED, true), tuple(Status.RETRACTED, true));
        }
    }

    @Test
    void shouldGoOnAfterARestore() throws Exception {
        // Given
        sessions.record("a", 0).record("a", 15_000).watermark(30_000);
        var state = sessions.snapshot();

        // When
        try (var same = SETUP.restore(state);
                var next = SETUP.generation(2).restore(state)) {
            same.watermark(30_000).record("a", 1_000).record("a", 8_000);
            next.watermark(30_000).record("a", 15_000).record("a", 8_000);

            // Then
            assertThat(same.said())
                    .containsExactly(
                            "a [0,11000) 1 FINAL 2",
                            "a [0,10000) 2 RETRACTED 0",
                            "a [0,25000) 1 FINAL 4",
                            "a [0,11000) 2 RETRACTED 0",
                            "a [15000,25000) 2 RETRACTED 0");
            assertThat(next.said())
                    .containsExactly(
                            "a [15000,25000) 1 REVISED 2",
                            "a [0,25000) 1 FINAL 4",
                            "a [0,10000) 1 RETRACTED 0",
                            "a [15000,25000) 2 RETRACTED 0");
        }
    }

    @Test
    void shouldTakeBackAfterARestoreWhatHadBeenSwallowedBefore() throws Exception {
        // Given
        sessions.record("a", 0).watermark(12_000).record("a", 9_000);

        // When
        try (var restored = SETUP.restore(sessions.snapshot())) {
            restored.watermark(12_000).watermark(18_999);

            // Then
            assertThat(restored.said()).containsExactly("a [0,19000) 1 FINAL 2", "a [0,10000) 2 RETRACTED 0");
        }
    }

    @Test
    void shouldLookIntoSessionsThatGrow() throws Exception {
        // Given
        try (var looking = SETUP.preview(Duration.ofSeconds(1)).start()) {
            looking.processingTime(100);
            looking.record("a", 0);

            // When
            looking.processingTime(1_099).record("a", 20_000).record("a", 10_000);
            int before = looking.results().size();
            looking.processingTime(1_100).processingTime(5_000);
            looking.record("a", 1_000).processingTime(6_000);
            looking.watermark(29_999).processingTime(9_000);

            // Then
            assertThat(before).isZero();
            assertThat(looking.said())
                    .containsExactly("a [0,30000) 0 EARLY 3", "a [0,30000) 0 EARLY 4", "a [0,30000) 1 FINAL 4");
            assertThat(looking.results().get(0).cause()).isEqualTo(Cause.PREVIEW);
            assertThat(looking.previewTimers()).isZero();
            looking.watermark(200_000);
            assertThat(looking.kept()).isZero();
        }
    }

    @Test
    void shouldHaveNoPreviewTimerWhenNothingIsOpen() throws Exception {
        try (var looking = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given two sessions that are looked into at one time
            looking.processingTime(100);
            looking.record("a", 0).record("a", 50_000);
            assertThat(looking.previewTimers()).isOne();

            // When
            looking.watermark(20_000);
            int halfway = looking.previewTimers();
            looking.watermark(60_000);

            // Then
            assertThat(halfway).isOne();
            assertThat(looking.previewTimers()).isZero();
            assertThat(looking.kept()).isPositive();
        }
    }

    @Test
    void shouldHaveOnePreviewTimerForASessionThatSwallowedOthers() throws Exception {
        try (var looking = SETUP.preview(Duration.ofSeconds(1)).start()) {
            // Given
            looking.processingTime(100);
            looking.record("a", 0);
            looking.processingTime(200);
            looking.record("a", 20_000);
            assertThat(looking.previewTimers()).isEqualTo(2);

            // When
            looking.record("a", 10_000);
            int joined = looking.previewTimers();
            looking.watermark(29_999);

            // Then
            assertThat(joined).isOne();
            assertThat(looking.previewTimers()).isZero();
        }
    }

    @Test
    void shouldTakeBackAsCompletelyAsItHasSaidBeforeARevisionThatLacksRecords() throws Exception {
        sessions.record("a", 0).record("a", 5_000).watermark(20_000);
        sessions.readFrom(3_001, "a", 3_000);
        sessions.record("a", 8_000);
        assertThat(sessions.results())
                .extracting(WindowResult::status, WindowResult::complete)
                .containsExactly(
                        tuple(Status.FINAL, true),
                        tuple(Status.REVISED, false),
                        tuple(Status.FINAL, false),
                        tuple(Status.RETRACTED, true));
    }
}
