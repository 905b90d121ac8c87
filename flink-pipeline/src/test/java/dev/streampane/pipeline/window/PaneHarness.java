// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.state.PartialSerializer;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import dev.streampane.pipeline.window.ResultShape.Statistic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.UnionTransformation;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** The operator of one specification as it stands in the graph. Times are in ms. */
final class PaneHarness implements AutoCloseable {

    private static final ResultShape SHAPE = new ResultShape(
            List.of(new Metric("m", 6)),
            List.of(
                    new Column("avg", Statistic.AVERAGE, 0),
                    new Column("total", Statistic.TOTAL, 0),
                    new Column("min", Statistic.MIN, 0),
                    new Column("max", Statistic.MAX, 0)));

    private final KeyedOneInputStreamOperatorTestHarness<String, Partial, Output> operator;
    private final OneInputTransformation<Partial, Output> corrections;
    private final WindowSpec spec;
    private long offset;

    /** How the operator is started. */
    record Setup(String spec, Firing firing, int generation) {

        /** Allowed lateness 1 min, no previews. */
        static Setup of(String spec) {
            return new Setup(spec, new Firing(Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO), 1);
        }

        Setup firing(Firing other) {
            return new Setup(spec, other, generation);
        }

        Setup allowedLateness(Duration other) {
            return firing(new Firing(other, firing.preview(), firing.stateTtl()));
        }

        Setup preview(Duration other) {
            return firing(new Firing(firing.allowedLateness(), other, firing.stateTtl()));
        }

        Setup stateTtl(Duration other) {
            return firing(new Firing(firing.allowedLateness(), firing.preview(), other));
        }

        Setup generation(int other) {
            return new Setup(spec, firing, other);
        }

        PaneHarness start() throws Exception {
            return new PaneHarness(this, null);
        }

        PaneHarness restore(OperatorSubtaskState state) throws Exception {
            return new PaneHarness(this, state);
        }
    }

    private PaneHarness(Setup setup, OperatorSubtaskState state) throws Exception {
        spec = WindowSpecParser.parse(setup.spec);
        var env = StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Partial> partials =
                env.fromSequence(0, 0).map(n -> new Partial()).returns(PartialSerializer.TYPE);
        var label = new JobLabel("a-job", setup.generation, "1.0.0", "UTC");
        var union = (UnionTransformation<Output>) new PaneResults(label, SHAPE, setup.firing)
                .over(partials, spec, "pane")
                .getTransformation();
        OneInputTransformation<Partial, Output> panes = operator(union, 0);
        corrections = operator(union, 2);
        operator = new KeyedOneInputStreamOperatorTestHarness<>(
                panes.getOperatorFactory(), (Partial partial) -> partial.key, Types.STRING, 1, 1, 0);
        operator.getExecutionConfig().enableObjectReuse();
        operator.setup(panes.getOutputType().createSerializer(env.getConfig().getSerializerConfig()));
        if (state != null) {
            operator.initializeState(state);
        }
        operator.open();
    }

    @SuppressWarnings("unchecked")
    private static OneInputTransformation<Partial, Output> operator(UnionTransformation<Output> union, int number) {
        return (OneInputTransformation<Partial, Output>) union.getInputs().get(number);
    }

    /** A record of value 1. */
    PaneHarness record(String key, long time) throws Exception {
        return record(key, time, 1);
    }

    PaneHarness record(String key, long time, long value) throws Exception {
        return process(Partials.of(key, time, "t", 0, offset++, value), time);
    }

    /** A record of value 1 whose windows may lack earlier ones. */
    PaneHarness marked(String key, long time) throws Exception {
        Partial partial = Partials.of(key, time, "t", 0, offset++, 1);
        return process(Partials.marked(partial, spec, Long.MIN_VALUE, time + 1), time);
    }

    PaneHarness process(Partial partial, long time) throws Exception {
        operator.processElement(partial, time);
        return this;
    }

    PaneHarness watermark(long time) throws Exception {
        operator.processWatermark(time);
        return this;
    }

    PaneHarness processingTime(long time) throws Exception {
        operator.setProcessingTime(time);
        return this;
    }

    OperatorSubtaskState snapshot() throws Exception {
        return operator.snapshot(1, 0);
    }

    /** The results since the start. */
    List<WindowResult> results() {
        return operator.extractOutputValues().stream()
                .map(WindowResult.class::cast)
                .toList();
    }

    /** {@code a [0,10000) 1 FINAL 3}: key, window, revision, status, count; of numbered panes {@code a #7 1 FINAL 3}. */
    List<String> said() {
        return results().stream().map(PaneHarness::said).toList();
    }

    private static String said(WindowResult result) {
        WindowResult.Window window = result.window();
        String pane = window.number() == null
                ? "[" + millis(window.start()) + ',' + millis(window.end()) + ')'
                : "#" + window.number();
        return String.join(
                " ",
                result.entityKey(),
                pane,
                "" + result.rev(),
                result.status().name(),
                "" + result.count());
    }

    private static long millis(Instant time) {
        return time.toEpochMilli();
    }

    /** How many records were dropped since the start. */
    int dropped() {
        var dropped = operator.getSideOutput(PaneResults.DROPPED);
        return dropped == null ? 0 : dropped.size();
    }

    /** What is taken back of the records that were dropped since the start. */
    List<Output> corrections() throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<Partial, Output>(corrections.getOperatorFactory(), 1, 1, 0);
        try {
            harness.open();
            for (var dropped : operator.getSideOutput(PaneResults.DROPPED)) {
                harness.processElement(dropped);
            }
            return List.copyOf(harness.extractOutputValues());
        } finally {
            harness.close();
        }
    }

    /** State entries and timers. */
    int kept() {
        return operator.numKeyedStateEntries() + operator.numEventTimeTimers() + operator.numProcessingTimeTimers();
    }

    int previewTimers() {
        return operator.numProcessingTimeTimers();
    }

    @Override
    public void close() {
        try {
            operator.close();
        } catch (Exception e) {
            throw new IllegalStateException("the operator does not close", e);
        }
    }
}
