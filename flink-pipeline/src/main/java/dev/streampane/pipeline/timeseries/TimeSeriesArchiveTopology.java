// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.intake.Admission;
import dev.streampane.pipeline.intake.IntakeSettings;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * Archives every valid row with its verdict.
 *
 * <p>With clock 06:20:05, out-of-orderness 5 s and allowed lateness 15 min the horizon is 06:05:00: a row of 06:05:00 is archived as COUNTED, a
 * row of 06:04:59.999 is archived as LATE and is in the late records too, and a row whose value is no number is only a dead letter.
 */
public final class TimeSeriesArchiveTopology {

    static final String ROWS_UID = "archived-rows";
    static final String SINK_UID = "archive";

    private TimeSeriesArchiveTopology() {}

    /**
     * Builds the job; returns late records, dead letters and audit lines, for the job's Kafka sink.
     *
     * @param archive takes the rows, at the parallelism of the source
     */
    public static DataStream<Output> build(
            DataStream<Decoded<TimeSeriesRow>> decoded, IntakeSettings settings, Sink<ArchivedRow> archive) {
        Admission<TimeSeriesRow> admitted =
                Admission.withLate(decoded, TypeInformation.of(TimeSeriesRow.class), settings, "row-intake");
        admitted.counted()
                .map(ArchivedRow::of)
                .returns(ArchivedRow.class)
                .setParallelism(decoded.getParallelism())
                .uid(ROWS_UID)
                .name(ROWS_UID)
                .sinkTo(archive)
                .setParallelism(decoded.getParallelism())
                .uid(SINK_UID)
                .name(SINK_UID);
        return admitted.reports();
    }
}
