// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.state.OutputSerializer;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import dev.streampane.pipeline.window.ResultShape.Statistic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** All subtasks of {@link SlidingWindows}, with object reuse. Records go to the subtask of their key, watermarks to all. */
final class SlidingHarness implements AutoCloseable {

    private static final int MAX_PARALLELISM = 16;
    private static final ResultShape SHAPE = new ResultShape(
            List.of(new Metric("m", 6)),
            List.of(new Column("min", Statistic.MIN, 0), new Column("max", Statistic.MAX, 0)));

    private final List<KeyedOneInputStreamOperatorTestHarness<String, Partial, Output>> subtasks = new ArrayList<>();
    private final Partial reused = new Partial();

    /** How the operator is started. */
    record Setup(String spec, Duration allowedLateness, Duration preview, int generation, int parallelism) {

        /** One subtask of generation 1 without previews. */
        static Setup of(String spec, Duration allowedLateness) {
            return new Setup(spec, allowedLateness, Duration.ZERO, 1, 1);
        }

        Setup preview(Duration other) {
            return new Setup(spec, allowedLateness, other, generation, parallelism);
        }

        Setup allowedLateness(Duration other) {
            return new Setup(spec, other, preview, generation, parallelism);
        }

        Setup generation(int other) {
            return new Setup(spec, allowedLateness, preview, other, parallelism);
        }

        Setup parallelism(int other) {
            return new Setup(spec, allowedLateness, preview, generation, other);
        }

        SlidingHarness start() throws Exception {
            return new SlidingHarness(this, null);
        }

        SlidingHarness restore(State state) throws Exception {
            return new SlidingHarness(this, state);
        }
    }

    /** A snapshot of all subtasks. */
    record State(OperatorSubtaskState state, int parallelism) {}

    private SlidingHarness(Setup setup, State state) throws Exception {
        var results = new SpecResults(
                new JobLabel("a-job", setup.generation, "1.0.0", "UTC"), WindowSpecParser.parse(setup.spec), SHAPE);
        for (int index = 0; index < setup.parallelism; index++) {
            var subtask = new KeyedOneInputStreamOperatorTestHarness<String, Partial, Output>(
                    new SlidingWindows(results, new Firing(setup.allowedLateness, setup.preview, Duration.ZERO)),
                    partial -> partial.key,
                    Types.STRING,
                    MAX_PARALLELISM,
                    setup.parallelism,
                    index);
            subtask.getExecutionConfig().enableObjectReuse();
            subtask.setup(OutputSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
            if (state != null) {
                subtask.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        state.state, MAX_PARALLELISM, state.parallelism, setup.parallelism, index));
            }
            subtask.open();
            subtasks.add(subtask);
        }
    }

    /** One record of partition 0, whose offset is its time. */
    void record(String key, long time, long value) throws Exception {
        record(Partials.of(key, time, "t", 0, time, value));
    }

    /** The operator is given one and the same object each time. */
    void record(Partial partial) throws Exception {
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
                .processElement(new StreamRecord<>(reused, partial.minEventTime));
        partial.metrics[0].low++;
        Arrays.fill(partial.provenance.ranges, null);
    }

    void watermark(long time) throws Exception {
        for (var subtask : subtasks) {
            subtask.processWatermark(time);
        }
    }

    /** Lets the time of day go on. */
    void timeOfDay(long millis) throws Exception {
        for (var subtask : subtasks) {
            subtask.setProcessingTime(millis);
        }
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
        return subtasks.stream()
                .flatMap(subtask -> subtask.extractOutputValues().stream())
                .map(WindowResult.class::cast)
                .toList();
    }

    /** The results since this was last asked. */
    List<WindowResult> newResults() {
        List<WindowResult> results = results();
        subtasks.forEach(subtask -> subtask.getOutput().clear());
        return results;
    }

    /** How many records were dropped since the start. */
    long dropped() {
        return subtasks.stream()
                .map(subtask -> subtask.getSideOutput(PaneResults.DROPPED))
                .filter(dropped -> dropped != null)
                .mapToLong(dropped -> dropped.size())
                .sum();
    }

    /** State entries, timers and keys with sums: what a subtask keeps. */
    long kept() {
        return subtasks.stream()
                .mapToLong(subtask -> subtask.numKeyedStateEntries()
                        + subtask.numEventTimeTimers()
                        + subtask.numProcessingTimeTimers()
                        + ((SlidingWindows) subtask.getOperator()).keys())
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
