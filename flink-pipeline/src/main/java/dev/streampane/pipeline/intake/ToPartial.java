// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.window.Partial;
import dev.streampane.pipeline.window.Texts;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Makes a partial of each record that one specification counts. */
final class ToPartial<T> implements FlatMapFunction<Counted<T>, Partial> {

    private static final long serialVersionUID = 1L;

    private final int spec;
    private final boolean allKeys;
    private final Measures<T> measures;

    /**
     * @param spec the specification's index
     * @param allKeys whether its windows hold all keys; each partial's key is then empty
     */
    ToPartial(int spec, boolean allKeys, Measures<T> measures) {
        this.spec = spec;
        this.allKeys = allKeys;
        this.measures = measures;
    }

    @Override
    public void flatMap(Counted<T> counted, Collector<Partial> out) {
        if (counted.countedBy(spec)) {
            Partial partial =
                    Partial.of(
                            allKeys ? "" : measures.key(counted.value()),
                            counted.eventTime(),
                            counted.lateFor(spec),
                            !counted.incompleteFor(spec),
                            counted.provenance(),
                            measures.metrics(counted.value()));
            partial.texts = texts(counted);
            out.collect(partial);
        }
    }

    private Texts texts(Counted<T> counted) {
        return measures.text(counted.value())
                .map(
                        text ->
                                Texts.of(
                                        text,
                                        counted.eventTime(),
                                        counted.partition(),
                                        counted.offset(),
                                        counted.row()))
                .orElse(null);
    }
}
