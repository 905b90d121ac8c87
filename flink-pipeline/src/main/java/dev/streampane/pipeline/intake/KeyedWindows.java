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
 * The graph of every job with keyed windows: verdicts, then per specification partials, panes and results.
 *
 * @param input name of a record, such as {@code reading}; prefix of the uids up to the windows
 * @param measures what is taken from each value
 * @param shape the columns of the results
 */
public record KeyedWindows<T>(String input, TypeInformation<T> valueType, Measures<T> measures, ResultShape shape) {

    /**
     * The results of every specification, corrections, late records, dead letters and audit lines.
     *
     * @param decoded the output of the source itself, which has {@link ClockWatermarks}
     * @param computation name of the computation, such as {@code average-per-device}; prefix of the uids of the windows
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
