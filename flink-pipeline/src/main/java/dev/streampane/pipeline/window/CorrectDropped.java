// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import dev.streampane.pipeline.contract.AuditCorrection;
import dev.streampane.pipeline.contract.Output;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;

/** Takes back in the audit what a window operator dropped after it had been counted; metric {@value #DROPPED} counts the rows. */
final class CorrectDropped extends RichMapFunction<Partial, Output> {

    /** Name of the metric. */
    static final String DROPPED = "droppedAfterCounting";

    private static final long serialVersionUID = 1L;

    private final JobLabel label;
    private final WindowSpec spec;
    private transient Counter dropped;

    CorrectDropped(JobLabel label, WindowSpec spec) {
        this.label = label;
        this.spec = spec;
    }

    @Override
    public void open(OpenContext context) {
        dropped = getRuntimeContext().getMetricGroup().counter(DROPPED, new SimpleCounter());
    }

    @Override
    public Output map(Partial partial) {
        dropped.inc(partial.count);
        Provenance.Range range = partial.provenance.ranges.get(0);
        return new AuditCorrection(
                label.job(),
                label.generation(),
                spec.canonical(),
                range.topic,
                range.partition,
                range.first,
                Instant.ofEpochMilli(spec.firstEnd(partial.minEventTime)),
                partial.count);
    }
}
