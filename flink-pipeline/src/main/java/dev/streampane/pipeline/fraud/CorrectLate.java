// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.contract.AuditCorrection;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.window.JobLabel;
import dev.streampane.pipeline.window.WindowSpec;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;

/**
 * Takes back in the audit what the patterns' operators dropped as late after Intake had counted it, which can happen only with {@code
 * idle-after} or when a partition is added; metric {@value #DROPPED} counts it.
 */
final class CorrectLate extends RichMapFunction<Payment, Output> {

    /** Name of the metric. */
    static final String DROPPED = "droppedAfterCounting";

    private static final long serialVersionUID = 1L;

    private final JobLabel label;
    private final WindowSpec spec;
    private transient Counter dropped;

    CorrectLate(JobLabel label, WindowSpec spec) {
        this.label = label;
        this.spec = spec;
    }

    @Override
    public void open(OpenContext context) {
        dropped = getRuntimeContext().getMetricGroup().counter(DROPPED, new SimpleCounter());
    }

    @Override
    public Output map(Payment payment) {
        dropped.inc();
        return new AuditCorrection(
                label.job(),
                label.generation(),
                spec.canonical(),
                payment.topic(),
                payment.partition(),
                payment.offset(),
                Instant.ofEpochMilli(spec.firstEnd(payment.eventTime())),
                1);
    }
}
