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
 * Keeps every valid row with its verdict.
 *
 * <p>C at 06:20:05, B 5 s, L 15 min, so H is 06:05:00: a row of 06:05:00 is archived as COUNTED, one of 06:04:59.999 as LATE and is on the
 * late records too, and one whose value is no number is a dead letter alone.
 */
public final class TimeSeriesArchiveTopology {

    static final String ROWS_UID = "archived-rows";
    static final String SINK_UID = "archive";

    private TimeSeriesArchiveTopology() {}

    /**
     * Late records, dead letters and audit lines, for the job's own sink.
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
