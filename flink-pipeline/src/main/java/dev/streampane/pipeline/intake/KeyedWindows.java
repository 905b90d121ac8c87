// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.WindowId;
import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Measures;
import dev.streampane.pipeline.window.PaneResults;
import dev.streampane.pipeline.window.Partial;
import dev.streampane.pipeline.window.ResultShape;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The graph that every job of keyed windows has: verdicts, then per specification partials, panes and results.
 *
 * @param input what one record is called, {@code reading}; the uids before the windows begin with it
 * @param measures what is taken from each value
 * @param shape what the results tell of it
 */
public record KeyedWindows<T>(String input, TypeInformation<T> valueType, Measures<T> measures, ResultShape shape) {

    /**
     * Results of every specification, corrections, late records, dead letters and audit lines.
     *
     * @param decoded straight from the source, with {@link ClockWatermarks} in it
     * @param computation what is computed, {@code average-per-device}; the uids of the windows begin with it
     */
    public DataStream<Output> over(DataStream<Decoded<T>> decoded, IntakeSettings settings, String computation) {
        Admission<T> admitted = Admission.of(decoded, valueType, settings, input + "-intake");
        var panes = new PaneResults(settings.label(), shape, settings.firing());
        DataStream<Output> outputs = admitted.reports();
        for (int index = 0; index < settings.specs().size(); index++) {
            WindowSpec spec = settings.specs().get(index);
            DataStream<Partial> partials =
                    admitted.partials(index, measures, settings.firing(), input + "-partials-" + WindowId.spec(spec));
            outputs = outputs.union(panes.over(partials, spec, computation));
        }
        return outputs;
    }
}
