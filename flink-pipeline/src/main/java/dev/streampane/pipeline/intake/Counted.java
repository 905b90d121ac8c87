// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A record that {@code Intake} has passed on, with the specifications that count it, and with marks that say for each of its windows
 * whether the record came late and whether the window may lack earlier records.
 *
 * @param eventTime ms since the epoch
 * @param row number of the row within the record; {@link Fetched#WHOLE} if the record is one row
 * @param appendTime as {@link Fetched#appendTime}
 * @param countedBy which specifications count it: bit n belongs to the n-th
 * @param passed windows that end at or before this time had ended by its partition's clock when it came (it is counted all the same)
 * @param completeFrom windows that begin before this time may have begun before what this generation read
 */
public record Counted<T>(
        T value,
        long eventTime,
        String topic,
        int partition,
        long offset,
        int row,
        long appendTime,
        long countedBy,
        long passed,
        long completeFrom) {

    public boolean countedBy(int spec) {
        return (countedBy >> spec & 1) != 0;
    }

    /** The type of a stream of counted values; does not use Kryo unless {@code value} does. */
    public static <T> TypeInformation<Counted<T>> type(TypeInformation<T> value) {
        return Decoded.type(Counted.class, value);
    }
}
