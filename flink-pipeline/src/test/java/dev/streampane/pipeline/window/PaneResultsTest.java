// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.testing.ReadOutputs;
import dev.streampane.pipeline.window.PaneHarness.Setup;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The window operator as it stands in the graph: windows of 10 s, allowed lateness 5 s. Times are in ms. */
class PaneResultsTest {

    private static final Setup SETUP = Setup.of("tumbling(10s)").allowedLateness(Duration.ofSeconds(5));
    private static final Instant END_OF_FIRST = Instant.ofEpochMilli(10_000);

    @AutoClose
    private PaneHarness windows;

    @BeforeEach
    void open() throws Exception {
        windows = SETUP.start();
    }

    private static List<BigDecimal> values(WindowResult result) {
        return result.values().stream().map(WindowResult.Value::number).toList();
    }

    @Test
    void shouldDivideOnceAndRoundHalfToEven() throws Exception {
        // Given sums of 1 and 3 units over 2 records
        windows.record("a", 0, 1).record("a", 1, 0).record("b", 0, 3).record("b", 1, 0);
        windows.record("c", 0, -3).record("c", 1, 0);

        // When
        windows.watermark(9_999);

        // Then
        assertThat(windows.results())
                .extracting(result -> result.entityKey() + values(result))
                .containsExactlyInAnyOrder(
                        "a[0.000000, 0.000001, 0.000000, 0.000001]",
                        "b[0.000002, 0.000003, 0.000000, 0.000003]",
                        "c[-0.000002, -0.000003, -0.000003, 0.000000]");
    }

    @Test
    void shouldAddUpBeyondOneLong() throws Exception {
        // Given
        for (int i = 0; i < 3; i++) {
            windows.record("a", i, Long.MAX_VALUE);
        }

        // When
        windows.watermark(9_999);

        // Then
        assertThat(windows.results().get(0).sums())
                .containsExactly(WindowResult.Value.of(
                        "m",
                        BigInteger.valueOf(Long.MAX_VALUE)
                                .multiply(BigInteger.valueOf(3))
                                .toString()));
    }

    @Test
    void shouldReviseUntilTheLatenessHasPassedAndDropAfterwards() throws Exception {
        // When
        windows.record("a", 1_000)
                .record("b", 2_000)
                .watermark(14_998)
                .record("a", 2_000)
                .watermark(14_999);
        windows.record("a", 3_000);

        // Then
        assertThat(windows.said())
                .containsExactlyInAnyOrder("a [0,10000) 1 FINAL 1", "b [0,10000) 1 FINAL 1", "a [0,10000) 2 REVISED 2");
        assertThat(windows.dropped()).isEqualTo(1);
        assertThat(windows.kept()).isZero();
    }

    @Test
    void shouldTakeBackWhatOnePartialHeldOfEachPartition() throws Exception {
        // Given two records of one partition and one of another, combined
        Partial combined = new Partial();
        combined.key = "a";
        combined.add(Partials.of("a", 3_000, "t", 1, 7, 1));
        combined.add(Partials.of("a", 2_000, "t", 0, 5, 1));
        combined.add(Partials.of("a", 4_000, "t", 1, 9, 1));
        windows.watermark(14_999);
        windows.process(combined, 2_000);

        // When
        List<Output> corrections = windows.corrections();

        // Then
        assertThat(ReadOutputs.corrections(corrections))
                .containsExactlyInAnyOrder(
                        new AuditCorrection("a-job", 1, "tumbling(10s)", "t", 1, 7, END_OF_FIRST, 2),
                        new AuditCorrection("a-job", 1, "tumbling(10s)", "t", 0, 5, END_OF_FIRST, 1));
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 1"})
    void shouldGoOnCountingRevisionsAfterRestore(int generation, int rev) throws Exception {
        // Given
        windows.record("a", 1_000).watermark(10_000);

        try (PaneHarness restored = SETUP.generation(generation).restore(windows.snapshot())) {
            // When
            restored.watermark(10_000).record("a", 2_000);

            // Then
            assertThat(restored.said()).containsExactly("a [0,10000) " + rev + " REVISED 2");
            assertThat(restored.results().get(0).generation()).isEqualTo(generation);
            assertThat(restored.results().get(0).complete()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tumbling(10s), 0, 5", "tumbling(10s), 0, 9", "tumbling(10s), 0, 0",
        "tumbling(10s), 5, 0", "tumbling(10s), 5, 1", "tumbling(10s), 5, 5",
        "tumbling(10s), 5, 9", "tumbling(10s), 9, 5", "sliding(10s;5s), 0, 5",
        "sliding(10s;5s), 5, 0", "sliding(10s;5s), 5, 9", "sliding(10s;5s), 9, 5",
        "session(5s), 0, 5", "session(5s), 60, 0", "session(5s), 60, 1",
        "session(5s), 60, 30", "session(5s), 60, 59", "session(5s), 60, 61",
        "session(5s), 60, 300", "'calendar(day,UTC)', 0, 5"
    })
    void shouldKeepNothingAlsoWhenTheLatenessWasAnother(String spec, int before, int after) throws Exception {
        // Given one pane that was published and one that was not
        Setup setup = Setup.of(spec.replace(';', ','));
        PaneHarness.State state;
        try (PaneHarness panes =
                setup.allowedLateness(Duration.ofSeconds(before)).start()) {
            panes.record("a", 1_000).watermark(10_000).record("a", 11_000);
            state = panes.snapshot();
        }

        // When
        try (PaneHarness panes =
                setup.allowedLateness(Duration.ofSeconds(after)).restore(state)) {
            for (long watermark = 10_000; watermark <= 400_000; watermark += 1_000) {
                panes.watermark(watermark);
            }
            panes.watermark(Duration.ofDays(1).toMillis() + 10_000);

            // Then
            assertThat(panes.results()).isNotEmpty().allMatch(result -> result.rev() == 1);
            assertThat(panes.kept()).isZero();
        }
    }
}
