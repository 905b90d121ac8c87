// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.AuditCorrection;
import dev.streampane.pipeline.contract.Output;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.util.function.SerializableFunction;

/**
 * Takes back in the audit what an operator dropped after {@code Intake} had counted it, which can happen only with {@code idle-after} or
 * when a partition is added; metric {@value #DROPPED} counts the rows.
 */
public final class CorrectDropped<T> extends RichMapFunction<T, Output> {

    /** Name of the metric. */
    static final String DROPPED = "droppedAfterCounting";

    private static final long serialVersionUID = 1L;

    private final SerializableFunction<T, AuditCorrection> correction;
    private transient Counter dropped;

    /** Takes back what {@code correction} says of each dropped element. */
    public CorrectDropped(SerializableFunction<T, AuditCorrection> correction) {
        this.correction = correction;
    }

    @Override
    public void open(OpenContext context) {
        dropped = getRuntimeContext().getMetricGroup().counter(DROPPED, new SimpleCounter());
    }

    @Override
    public Output map(T element) {
        AuditCorrection taken = correction.apply(element);
        dropped.inc(taken.count());
        return taken;
    }
}
