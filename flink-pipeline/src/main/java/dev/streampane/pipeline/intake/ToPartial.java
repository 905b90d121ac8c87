// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.window.Partial;
import dev.streampane.pipeline.window.Texts;
import dev.streampane.pipeline.window.WindowSpec;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Makes a partial of each record that one specification counts. */
final class ToPartial<T> implements FlatMapFunction<Counted<T>, Partial> {

    private static final long serialVersionUID = 1L;

    private final int index;
    private final WindowSpec spec;
    private final Measures<T> measures;

    /**
     * @param index the specification's index
     * @param spec the specification; when its windows hold all keys, each partial's key is empty
     */
    ToPartial(int index, WindowSpec spec, Measures<T> measures) {
        this.index = index;
        this.spec = spec;
        this.measures = measures;
    }

    @Override
    public void flatMap(Counted<T> counted, Collector<Partial> out) {
        if (counted.countedBy(index)) {
            Partial partial =
                    Partial.of(
                                    spec.allKeys() ? "" : measures.key(counted.value()),
                                    counted.eventTime(),
                                    counted.provenance(),
                                    measures.metrics(counted.value()))
                            .marked(spec, counted.passed(), counted.completeFrom());
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
