// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Measures;
import dev.streampane.pipeline.state.PartialSerializer;
import dev.streampane.pipeline.window.Firing;
import dev.streampane.pipeline.window.Partial;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The records of a source after {@code Intake} has given each its verdict.
 *
 * @param counted the records that at least one specification counts (see {@link #withLate}), with their event times as timestamps
 * @param reports late records, dead letters and audit lines
 * @param specs the window specifications, each with its own verdicts
 */
public record Admission<T>(
        SingleOutputStreamOperator<Counted<T>> counted, DataStream<Output> reports, List<WindowSpec> specs) {

    /**
     * Adds {@code Intake} behind a source, chained to it.
     *
     * @param decoded the output of the source itself, which has {@link ClockWatermarks}
     * @param uid the operator's uid and name
     */
    public static <T> Admission<T> of(
            DataStream<Decoded<T>> decoded, TypeInformation<T> valueType, IntakeSettings settings, String uid) {
        return of(decoded, valueType, settings, uid, false);
    }

    /** The same, but {@link #counted} also has the records that are late for every specification, for jobs that keep all records. */
    public static <T> Admission<T> withLate(
            DataStream<Decoded<T>> decoded, TypeInformation<T> valueType, IntakeSettings settings, String uid) {
        return of(decoded, valueType, settings, uid, true);
    }

    private static <T> Admission<T> of(
            DataStream<Decoded<T>> decoded,
            TypeInformation<T> valueType,
            IntakeSettings settings,
            String uid,
            boolean withLate) {
        SingleOutputStreamOperator<Counted<T>> counted = decoded.transform(
                        uid, Counted.type(valueType), new Intake<>(settings, withLate))
                .setParallelism(decoded.getParallelism())
                .uid(uid);
        return new Admission<>(counted, counted.getSideOutput(Intake.REPORTS), settings.specs());
    }

    /**
     * The records that specification {@code spec} counts, pre-aggregated per pane as far as this does not change the results.
     *
     * @param uid the operator's uid and name
     */
    public DataStream<Partial> partials(int spec, Measures<T> measures, Firing firing, String uid) {
        return counted.transform(
                        uid, PartialSerializer.TYPE, new PaneCombiner<>(spec, specs.get(spec), measures, firing))
                .setParallelism(counted.getParallelism())
                .uid(uid);
    }
}
