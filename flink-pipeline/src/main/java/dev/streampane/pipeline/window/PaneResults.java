// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.OutputTypeInfo;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.util.OutputTag;

/**
 * Windows over partials: per key and window one FINAL result when the watermark passes the window's end, and a REVISED one for each record
 * that comes within the allowed lateness.
 *
 * <p>Whatever the window operator drops had been counted, for {@code Intake} sends late records elsewhere; so each drop becomes a
 * correction line. It can happen only with {@code idle-after} or when a partition is added.
 */
public record PaneResults(JobLabel label, ResultShape shape, Duration allowedLateness) {

    private static final TypeInformation<Partial> PARTIAL = TypeInformation.of(Partial.class);
    private static final OutputTag<Partial> DROPPED = new OutputTag<>("dropped", PARTIAL);

    /**
     * The results of one specification, and the corrections.
     *
     * @param name what is computed, {@code average-per-device}; the operators' uids begin with it
     */
    public DataStream<Output> over(DataStream<Partial> partials, WindowSpec spec, String name) {
        String uid = name + '-' + ResultId.spec(spec);
        SingleOutputStreamOperator<Output> results =
                partials.keyBy(partial -> partial.key, Types.STRING)
                        .window(assigner((WindowSpec.Tumbling) spec))
                        .trigger(new FireAtEnd(allowedLateness))
                        .allowedLateness(allowedLateness)
                        .sideOutputLateData(DROPPED)
                        .aggregate(
                                new MergePartials(),
                                new ToWindowResult(label, spec, shape),
                                PARTIAL,
                                PARTIAL,
                                new OutputTypeInfo())
                        .uid(uid)
                        .name(uid);
        DataStream<Output> corrections =
                results.getSideOutput(DROPPED)
                        .map(new CorrectDropped(label, spec))
                        .returns(new OutputTypeInfo())
                        .uid(uid + "-corrections")
                        .name(uid + "-corrections");
        return results.union(corrections);
    }

    private static TumblingEventTimeWindows assigner(WindowSpec.Tumbling spec) {
        return TumblingEventTimeWindows.of(spec.size(), spec.offset());
    }
}
