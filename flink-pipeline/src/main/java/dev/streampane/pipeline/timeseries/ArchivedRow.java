// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.intake.Counted;
import java.time.Duration;

/**
 * One row of the archive: a row of {@code time-series}, its position in Kafka and its verdict.
 *
 * @param step event time in ms since the epoch
 * @param value the text as it was written, so that no digit is lost
 * @param type {@code INTEGER}, {@code DOUBLE} or {@code STRING}, by the name
 * @param appendTime when the broker appended the message, in ms since the epoch; null when the topic does not have LogAppendTime
 * @param row number of the row in its message, from 0
 * @param verdict {@link #COUNTED} or {@link #LATE}
 */
public record ArchivedRow(
        long step,
        String name,
        String value,
        String type,
        Long appendTime,
        String topic,
        int partition,
        long offset,
        int row,
        String verdict) {

    /** {@link #verdict} of a row that was counted. */
    public static final String COUNTED = "COUNTED";

    /** {@link #verdict} of a row that came after the allowed lateness; it is in {@code late-records} too. */
    public static final String LATE = "LATE";

    /** The UTC day of the step, in days since the epoch. */
    long day() {
        return Math.floorDiv(step, Duration.ofDays(1).toMillis());
    }

    static ArchivedRow of(Counted<TimeSeriesRow> row) {
        return new ArchivedRow(
                row.eventTime(),
                row.value().name(),
                row.value().text(),
                row.value().type().name(),
                row.appendTime() == Fetched.NO_APPEND_TIME ? null : row.appendTime(),
                row.topic(),
                row.partition(),
                row.offset(),
                row.row(),
                row.countedBy(0) ? COUNTED : LATE);
    }
}
