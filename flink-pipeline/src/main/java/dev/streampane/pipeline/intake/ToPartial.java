// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.window.Partial;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Makes a partial of each record that one specification counts. */
final class ToPartial<T> implements FlatMapFunction<Counted<T>, Partial> {

    private static final long serialVersionUID = 1L;

    private final int spec;
    private final Measures<T> measures;

    ToPartial(int spec, Measures<T> measures) {
        this.spec = spec;
        this.measures = measures;
    }

    @Override
    public void flatMap(Counted<T> counted, Collector<Partial> out) {
        if (counted.countedBy(spec)) {
            out.collect(
                    Partial.of(
                            measures.key(counted.value()),
                            counted.eventTime(),
                            counted.lateFor(spec),
                            !counted.incompleteFor(spec),
                            counted.provenance(),
                            measures.metrics(counted.value())));
        }
    }
}
