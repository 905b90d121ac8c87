// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.CalendarSpec;
import dev.streampane.contract.WindowId;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.state.OutputSerializer;
import dev.streampane.pipeline.state.PartialSerializer;
import java.util.Arrays;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.datastream.WindowedStream;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.GlobalWindows;
import org.apache.flink.streaming.api.windowing.windows.Window;
import org.apache.flink.util.OutputTag;

/**
 * The window operators over partials: per key and window, one FINAL result when the watermark passes the window's end, and a REVISED result
 * for each record that comes within the allowed lateness.
 *
 * <p>{@code Intake} has already removed late records, so whatever a window operator drops has been counted; each drop becomes an audit
 * correction. Drops happen only with {@code idle-after} or when a partition is added.
 */
public record PaneResults(JobLabel label, ResultShape shape, Firing firing) {

    static final OutputTag<Partial> DROPPED = new OutputTag<>("dropped", PartialSerializer.TYPE);

    /**
     * The results and corrections of one window specification.
     *
     * @param partials each with records of at most {@value Provenance#MAX_PARTITIONS} partitions, because a correction names the partition;
     *     for a specification over all keys, each has the empty key
     * @param name name of the computation, such as {@code average-per-device}; prefix of the operators' uids
     */
    public DataStream<Output> over(DataStream<Partial> partials, WindowSpec spec, String name) {
        String uid = name + '-' + WindowId.spec(spec);
        KeyedStream<Partial, String> keyed = partials.keyBy(partial -> partial.key, Types.STRING);
        if (isBatch(keyed)) { // no restore here, and each operator that begins a chain reads its own file
            SingleOutputStreamOperator<Output> results = panes(keyed, spec, uid);
            return results.union(corrections(results.getSideOutput(DROPPED), spec, uid));
        }
        SingleOutputStreamOperator<Partial> kept = WatermarkKeeper.behind(
                keyed, uid + "-watermark", new WatermarkKeeper.PassPartials(spec, firing.allowedLateness()));
        SingleOutputStreamOperator<Output> results =
                panes(DataStreamUtils.reinterpretAsKeyedStream(kept, partial -> partial.key, Types.STRING), spec, uid);
        return results.union( // each is chained to the operator that drops
                corrections(kept.getSideOutput(DROPPED), spec, uid + "-watermark"),
                corrections(results.getSideOutput(DROPPED), spec, uid));
    }

    static boolean isBatch(DataStream<?> stream) {
        return stream.getExecutionEnvironment().getConfiguration().get(ExecutionOptions.RUNTIME_MODE)
                == RuntimeExecutionMode.BATCH;
    }

    private DataStream<Output> corrections(DataStream<Partial> dropped, WindowSpec spec, String uid) {
        JobLabel by = label;
        return CorrectDropped.of(
                dropped,
                partial -> Arrays.stream(partial.provenance.ranges)
                        .map(range -> by.correction(
                                spec, range.topic, range.partition, range.first, partial.minEventTime, range.count))
                        .toList(),
                uid + "-corrections");
    }

    private SingleOutputStreamOperator<Output> panes(
            KeyedStream<Partial, String> partials, WindowSpec spec, String uid) {
        return panes(partials, new SpecResults(label, spec, shape)).uid(uid).name(uid);
    }

    private SingleOutputStreamOperator<Output> panes(KeyedStream<Partial, String> partials, SpecResults results) {
        WindowSpec spec = results.spec();
        if (spec instanceof WindowSpec.Tumbling || spec instanceof CalendarSpec) {
            return merged(
                    partials.window(new FixedWindows(spec))
                            .trigger(new FireAtEnd(firing))
                            .allowedLateness(firing.allowedLateness())
                            .sideOutputLateData(DROPPED),
                    new ToWindowResult(results));
        }
        if (spec instanceof WindowSpec.Sliding) {
            return partials.transform(spec.kind(), OutputSerializer.TYPE, new SlidingWindows(results, firing));
        }
        if (spec instanceof WindowSpec.Session) {
            return partials.process(new MergeSessions(results, firing), OutputSerializer.TYPE);
        }
        if (spec instanceof WindowSpec.Global global) {
            return merged(
                    partials.window(GlobalWindows.create())
                            .trigger(
                                    global.count() > 0
                                            ? new FireAtCount(global.count(), firing.preview())
                                            : new FireAtMultiples(global.every(), firing)),
                    new ToGlobalResult(results));
        }
        throw new IllegalArgumentException(spec + " has no panes");
    }

    private static <W extends Window> SingleOutputStreamOperator<Output> merged(
            WindowedStream<Partial, String, W> windows, ProcessWindowFunction<Partial, Output, String, W> results) {
        return windows.aggregate(
                new MergePartials(), results, PartialSerializer.TYPE, PartialSerializer.TYPE, OutputSerializer.TYPE);
    }
}
