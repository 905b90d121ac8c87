// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Measures;
import dev.streampane.pipeline.intake.IntakeSettings;
import dev.streampane.pipeline.intake.KeyedWindows;
import dev.streampane.pipeline.state.OutputSerializer;
import dev.streampane.pipeline.window.ResultShape;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import dev.streampane.pipeline.window.ResultShape.Statistic;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Average, minimum and maximum of each tag of numbers, and the last text of each tag of texts, per event-time window, as results and as line
 * protocol.
 *
 * <p>Rows of pu136mod-nd-011 at 06:00:10 with 19 and at 06:00:40 with 20, {@code tumbling(1m)}: once the watermark passes 06:01:00 there is one
 * result for {@code [06:00, 06:01)} with avg_value 19.500000, and the line
 * {@code tags,name=pu136mod-nd-011 value=19.500000 1795154460000000000}. Rows of pu136mod-ns-021 at the same times with "off" and "on": last is
 * "on", whatever the order in which they came; with equal times, the row with the greatest partition, offset and row number is the last.
 */
public final class TimeSeriesSpeedTopology {

    /** The value whose lines have the field {@code value}. */
    static final String AVERAGE = "avg_value";

    /** The value whose lines have the field {@code text}. */
    static final String LAST = "last";

    private static final Measures<TimeSeriesRow> MEASURES = new Measures<>(
            TimeSeriesRow::name,
            row -> row.type().isNumber() ? new long[] {row.number()} : new long[0],
            row -> row.type().isNumber() ? Optional.empty() : Optional.of(row.text()));

    private static final ResultShape SHAPE = new ResultShape(
            List.of(new Metric("value", TimeSeriesRow.SCALE)),
            List.of(
                    new Column(AVERAGE, Statistic.AVERAGE, 0),
                    new Column("min_value", Statistic.MIN, 0),
                    new Column("max_value", Statistic.MAX, 0),
                    Column.last(LAST)));

    private TimeSeriesSpeedTopology() {}

    /**
     * All outputs of the job as one stream: results, lines, late records, dead letters, audit lines and corrections. Only the first
     * specification has lines, because a point has a name and a time but no specification.
     */
    public static DataStream<Output> build(DataStream<Decoded<TimeSeriesRow>> decoded, IntakeSettings settings) {
        DataStream<Output> outputs = new KeyedWindows<>("row", TypeInformation.of(TimeSeriesRow.class), MEASURES, SHAPE)
                .over(decoded, settings, "summary-per-name");
        String spec = settings.specs().get(0).canonical();
        DataStream<Output> lines = outputs.transform("lines", OutputSerializer.TYPE, new WriteLines(spec))
                .uid("lines");
        return outputs.union(lines);
    }
}
