// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.state.PartialSerializer;
import dev.streampane.pipeline.testing.ReadOutputs;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import dev.streampane.pipeline.window.ResultShape.Statistic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.UnionTransformation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.InstantiationUtil;

/**
 * All subtasks of the operator of one specification as it stands in the graph, with object reuse. Records go to the subtask of their key,
 * watermarks to all. Times are in ms.
 */
final class PaneHarness implements AutoCloseable {

    private static final int MAX_PARALLELISM = 16;
    private static final ResultShape SHAPE = new ResultShape(
            List.of(new Metric("m", 6)),
            List.of(
                    new Column("avg_m", Statistic.AVERAGE, 0),
                    new Column("total_m", Statistic.TOTAL, 0),
                    new Column("min_m", Statistic.MIN, 0),
                    new Column("max_m", Statistic.MAX, 0)));

    private final List<KeyedOneInputStreamOperatorTestHarness<String, Partial, Output>> subtasks = new ArrayList<>();
    private final Partial reused = new Partial();
    private final OneInputTransformation<Partial, Output> corrections;
    private final WindowSpec spec;
    private long offset;

    /** How the operator is started. */
    record Setup(String spec, Firing firing, int generation, int parallelism) {

        /** One subtask of generation 1, allowed lateness 1 min, no previews. */
        static Setup of(String spec) {
            return new Setup(spec, new Firing(Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO), 1, 1);
        }

        Setup firing(Firing other) {
            return new Setup(spec, other, generation, parallelism);
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
            return new Setup(spec, firing, other, parallelism);
        }

        Setup parallelism(int other) {
            return new Setup(spec, firing, generation, other);
        }

        PaneHarness start() throws Exception {
            return new PaneHarness(this, null);
        }

        PaneHarness restore(State state) throws Exception {
            return new PaneHarness(this, state);
        }
    }

    /** A snapshot of all subtasks. */
    record State(OperatorSubtaskState state, int parallelism) {}

    private PaneHarness(Setup setup, State state) throws Exception {
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
        for (int index = 0; index < setup.parallelism; index++) {
            var subtask = new KeyedOneInputStreamOperatorTestHarness<String, Partial, Output>(
                    InstantiationUtil.clone(panes.getOperatorFactory()),
                    partial -> partial.key,
                    Types.STRING,
                    MAX_PARALLELISM,
                    setup.parallelism,
                    index);
            subtask.getExecutionConfig().enableObjectReuse();
            subtask.setup(panes.getOutputType().createSerializer(env.getConfig().getSerializerConfig()));
            if (state != null) {
                subtask.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        state.state, MAX_PARALLELISM, state.parallelism, setup.parallelism, index));
            }
            subtask.open();
            subtasks.add(subtask);
        }
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

    /** A record of value 1 of a partition of which windows that begin before {@code from} may lack records. */
    PaneHarness readFrom(long from, String key, long time) throws Exception {
        Partial partial = Partials.of(key, time, "t", 1, offset++, 1);
        return process(Partials.marked(partial, spec, Long.MIN_VALUE, from), time);
    }

    /** The operator is given one and the same object each time, and what was in it changes afterwards. */
    PaneHarness process(Partial partial, long time) throws Exception {
        reused.key = partial.key;
        reused.count = partial.count;
        reused.late = partial.late;
        reused.passed = partial.passed;
        reused.minEventTime = partial.minEventTime;
        reused.maxEventTime = partial.maxEventTime;
        reused.complete = partial.complete;
        reused.completeFrom = partial.completeFrom;
        reused.metrics = partial.metrics;
        reused.provenance = partial.provenance;
        subtasks.get(KeyGroupRangeAssignment.assignKeyToParallelOperator(partial.key, MAX_PARALLELISM, subtasks.size()))
                .processElement(reused, time);
        partial.metrics[0].low++;
        Arrays.fill(partial.provenance.ranges, null);
        return this;
    }

    PaneHarness watermark(long time) throws Exception {
        for (var subtask : subtasks) {
            subtask.processWatermark(time);
        }
        return this;
    }

    PaneHarness processingTime(long time) throws Exception {
        for (var subtask : subtasks) {
            subtask.setProcessingTime(time);
        }
        return this;
    }

    State snapshot() throws Exception {
        var states = new ArrayList<OperatorSubtaskState>();
        for (var subtask : subtasks) {
            states.add(subtask.snapshot(1, 0));
        }
        return new State(
                AbstractStreamOperatorTestHarness.repackageState(states.toArray(OperatorSubtaskState[]::new)),
                subtasks.size());
    }

    /** The results since the start, subtask by subtask. */
    List<WindowResult> results() {
        return ReadOutputs.results(subtasks.stream()
                .flatMap(subtask -> subtask.extractOutputValues().stream())
                .toList());
    }

    /** The results since this was last asked. */
    List<WindowResult> newResults() {
        List<WindowResult> results = results();
        subtasks.forEach(subtask -> subtask.getOutput().clear());
        return results;
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
        return droppedRecords().size();
    }

    private List<StreamRecord<Partial>> droppedRecords() {
        return subtasks.stream()
                .map(subtask -> subtask.getSideOutput(PaneResults.DROPPED))
                .filter(Objects::nonNull)
                .flatMap(Collection::stream)
                .toList();
    }

    /** What is taken back of the records that were dropped since the start. */
    List<Output> corrections() throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<Partial, Output>(corrections.getOperatorFactory(), 1, 1, 0);
        try {
            harness.open();
            for (var dropped : droppedRecords()) {
                harness.processElement(dropped);
            }
            return List.copyOf(harness.extractOutputValues());
        } finally {
            harness.close();
        }
    }

    /** State entries, timers and, of sliding windows, keys with sums. */
    int kept() {
        return subtasks.stream()
                .mapToInt(subtask -> subtask.numKeyedStateEntries()
                        + subtask.numEventTimeTimers()
                        + subtask.numProcessingTimeTimers()
                        + (subtask.getOperator() instanceof SlidingWindows sliding ? sliding.keys() : 0))
                .sum();
    }

    /** How many timers are set to look into windows. */
    int previewTimers() {
        return subtasks.stream()
                .mapToInt(subtask -> subtask.numProcessingTimeTimers())
                .sum();
    }

    @Override
    public void close() {
        for (var subtask : subtasks) {
            try {
                subtask.close();
            } catch (Exception e) {
                throw new IllegalStateException("the operator does not close", e);
            }
        }
    }
}
