// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.state.OutputSerializer;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableFunction;

/**
 * Corrects the audit for records that an operator dropped after {@code Intake} had counted them. This happens only with {@code idle-after}
 * or when a partition is added; metric {@value #DROPPED} counts the rows.
 */
public final class CorrectDropped<T> extends RichFlatMapFunction<T, Output> {

    public static final String DROPPED = "droppedAfterCounting";

    private final SerializableFunction<T, List<AuditCorrection>> corrections;
    private transient Counter dropped;

    private CorrectDropped(SerializableFunction<T, List<AuditCorrection>> corrections) {
        this.corrections = corrections;
    }

    /** The corrections of each dropped element, as {@code corrections} computes them. */
    public static <T> DataStream<Output> of(
            DataStream<T> dropped, SerializableFunction<T, List<AuditCorrection>> corrections, String uid) {
        return dropped.flatMap(new CorrectDropped<>(corrections))
                .returns(OutputSerializer.TYPE)
                .uid(uid)
                .name(uid);
    }

    @Override
    public void open(OpenContext context) {
        dropped = getRuntimeContext().getMetricGroup().counter(DROPPED, new SimpleCounter());
    }

    @Override
    public void flatMap(T element, Collector<Output> out) {
        for (AuditCorrection taken : corrections.apply(element)) {
            dropped.inc(taken.count());
            out.collect(Output.of(taken));
        }
    }
}
