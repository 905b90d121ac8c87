// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.state.PartialSerializer;
import dev.streampane.pipeline.testing.ReadOutputs;
import dev.streampane.pipeline.window.PaneHarness.Setup;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import dev.streampane.pipeline.window.ResultShape.Statistic;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.UnionTransformation;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The window operator as it stands in the graph: windows of 10 s, allowed lateness 5 s. Times are in ms. */
class PaneResultsTest {

    private static final WindowSpec SPEC = WindowSpecParser.parse("tumbling(10s)");
    private static final ResultShape SHAPE = new ResultShape(
            List.of(new Metric("m", 6)),
            List.of(
                    new Column("avg", Statistic.AVERAGE, 0),
                    new Column("total", Statistic.TOTAL, 0),
                    new Column("min", Statistic.MIN, 0),
                    new Column("max", Statistic.MAX, 0)));
    private static final Duration LATENESS = Duration.ofSeconds(5);
    private static final Instant END_OF_FIRST = Instant.ofEpochMilli(10_000);
    private static final OutputTag<Partial> DROPPED = new OutputTag<>("dropped", PartialSerializer.TYPE);

    @AutoClose
    private KeyedOneInputStreamOperatorTestHarness<String, Partial, Output> windows;

    private static KeyedOneInputStreamOperatorTestHarness<String, Partial, Output> harness(
            int generation, Duration allowedLateness) throws Exception {
        OneInputTransformation<Partial, Output> operator = operator(generation, allowedLateness, 0);
        var harness = new KeyedOneInputStreamOperatorTestHarness<String, Partial, Output>(
                operator.getOperatorFactory(), (Partial partial) -> partial.key, Types.STRING, 1, 1, 0);
        harness.setup(operator.getOutputType().createSerializer(new SerializerConfigImpl()));
        return harness;
    }

    /** The windows, number 0, or the corrections of what they drop, 1. */
    @SuppressWarnings("unchecked")
    private static OneInputTransformation<Partial, Output> operator(
            int generation, Duration allowedLateness, int number) {
        var env = StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Partial> partials =
                env.fromSequence(0, 0).map(n -> new Partial()).returns(PartialSerializer.TYPE);
        var label = new JobLabel("a-job", generation, "1.0.0", "UTC");
        var union = (UnionTransformation<Output>)
                new PaneResults(label, SHAPE, new Firing(allowedLateness, Duration.ZERO, Duration.ZERO))
                        .over(partials, SPEC, "pane")
                        .getTransformation();
        return (OneInputTransformation<Partial, Output>) union.getInputs().get(number);
    }

    @BeforeEach
    void open() throws Exception {
        windows = harness(1, LATENESS);
        windows.open();
    }

    private void record(String key, long time, long value) throws Exception {
        windows.processElement(Partials.of(key, time, "t", 0, time, value), time);
    }

    private List<WindowResult> results() {
        return windows.extractOutputValues().stream()
                .map(WindowResult.class::cast)
                .toList();
    }

    private static List<BigDecimal> values(WindowResult result) {
        return result.values().stream().map(WindowResult.Value::number).toList();
    }

    @Test
    void shouldFireWhenTheWatermarkReachesTheLastMillisecond() throws Exception {
        // Given
        record("a", 1_000, 2_000_000);
        windows.processWatermark(9_998);
        boolean early = !results().isEmpty();

        // When
        windows.processWatermark(9_999);

        // Then
        assertThat(early).isFalse();
        assertThat(results()).hasSize(1);
    }

    @Test
    void shouldDivideOnceAndRoundHalfToEven() throws Exception {
        // Given sums of 1 and 3 units over 2 records
        record("a", 0, 1);
        record("a", 1, 0);
        record("b", 0, 3);
        record("b", 1, 0);
        record("c", 0, -3);
        record("c", 1, 0);

        // When
        windows.processWatermark(9_999);

        // Then
        assertThat(results())
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
            record("a", i, Long.MAX_VALUE);
        }

        // When
        windows.processWatermark(9_999);

        // Then
        assertThat(results().get(0).sums())
                .containsExactly(new WindowResult.Sum(
                        "m", BigInteger.valueOf(Long.MAX_VALUE).multiply(BigInteger.valueOf(3))));
    }

    @Test
    void shouldReviseUntilTheLatenessHasPassedAndDropAfterwards() throws Exception {
        // Given
        record("a", 1_000, 1);
        windows.processWatermark(14_998);
        record("a", 2_000, 2);

        // When
        windows.processWatermark(14_999);
        record("a", 3_000, 3);

        // Then
        assertThat(results())
                .extracting(result -> result.rev() + " " + result.status() + " " + result.count())
                .containsExactly("1 FINAL 1", "2 REVISED 2");
        assertThat(windows.getSideOutput(DROPPED)).hasSize(1);
    }

    @Test
    void shouldTakeBackWhatOnePartialHeldOfEachPartition() throws Exception {
        // Given two records of one partition and one of another, combined
        Partial combined = new Partial();
        combined.key = "a";
        combined.add(Partials.of("a", 3_000, "t", 1, 7, 1));
        combined.add(Partials.of("a", 2_000, "t", 0, 5, 1));
        combined.add(Partials.of("a", 4_000, "t", 1, 9, 1));
        windows.processWatermark(14_999);
        windows.processElement(combined, 2_000);
        Partial dropped = windows.getSideOutput(DROPPED).remove().getValue();

        // When
        List<Output> corrections = corrections(dropped);

        // Then
        assertThat(ReadOutputs.corrections(corrections))
                .containsExactlyInAnyOrder(
                        new AuditCorrection("a-job", 1, "tumbling(10s)", "t", 1, 7, END_OF_FIRST, 2),
                        new AuditCorrection("a-job", 1, "tumbling(10s)", "t", 0, 5, END_OF_FIRST, 1));
    }

    private static List<Output> corrections(Partial dropped) throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<>(operator(1, LATENESS, 1).getOperatorFactory(), 1, 1, 0);
        try {
            harness.open();
            harness.processElement(dropped, 0);
            return List.copyOf(harness.extractOutputValues());
        } finally {
            harness.close();
        }
    }

    @Test
    void shouldKeepNothingWhenTheLatenessHasPassed() throws Exception {
        // Given
        record("a", 1_000, 1);
        record("b", 2_000, 1);
        windows.processWatermark(12_000);
        record("a", 3_000, 1);

        // When
        windows.processWatermark(14_999);

        // Then
        assertThat(windows.numKeyedStateEntries()).isZero();
        assertThat(windows.numEventTimeTimers()).isZero();
    }

    @Test
    void shouldGoOnCountingRevisionsAfterRestore() throws Exception {
        // Given
        record("a", 1_000, 1);
        windows.processWatermark(10_000);

        // When
        Collection<WindowResult> same = revisedAfterRestore(1);
        Collection<WindowResult> next = revisedAfterRestore(2);

        // Then
        assertThat(same)
                .singleElement()
                .satisfies(result -> assertThat(result.rev()).isEqualTo(2))
                .satisfies(result -> assertThat(result.status()).isEqualTo(WindowResult.Status.REVISED));
        assertThat(next)
                .singleElement()
                .satisfies(result -> assertThat(result.rev()).isEqualTo(1))
                .satisfies(result -> assertThat(result.status()).isEqualTo(WindowResult.Status.REVISED));
    }

    private List<WindowResult> revisedAfterRestore(int generation) throws Exception {
        OperatorSubtaskState state = windows.snapshot(generation, 0);
        var restored = harness(generation, LATENESS);
        restored.initializeState(state);
        restored.open();
        restored.processWatermark(10_000);
        restored.processElement(Partials.of("a", 2_000, "t", 0, 2, 5), 2_000);
        restored.close();
        return restored.extractOutputValues().stream()
                .map(WindowResult.class::cast)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "tumbling(10s), 0, 5", "tumbling(10s), 0, 9", "tumbling(10s), 0, 0",
        "tumbling(10s), 5, 0", "tumbling(10s), 5, 1", "tumbling(10s), 5, 5",
        "tumbling(10s), 5, 9", "tumbling(10s), 9, 5", "sliding(10s;5s), 0, 5",
        "session(5s), 0, 5", "'calendar(day,UTC)', 0, 5"
    })
    void shouldKeepNothingAlsoWhenTheLatenessWasAnother(String spec, int before, int after) throws Exception {
        // Given one pane that was published and one that was not
        Setup setup = Setup.of(spec.replace(';', ','));
        OperatorSubtaskState state;
        try (PaneHarness panes =
                setup.allowedLateness(Duration.ofSeconds(before)).start()) {
            panes.record("a", 1_000).watermark(10_000).record("a", 11_000);
            state = panes.snapshot();
        }

        // When
        try (PaneHarness panes =
                setup.allowedLateness(Duration.ofSeconds(after)).restore(state)) {
            for (long watermark = 10_000; watermark <= 40_000; watermark += 1_000) {
                panes.watermark(watermark);
            }
            panes.watermark(Duration.ofDays(1).toMillis() + 10_000);

            // Then
            assertThat(panes.results()).isNotEmpty().allMatch(result -> result.rev() == 1);
            assertThat(panes.kept()).isZero();
        }
    }
}
