// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A record that at least one window specification counts, and what tells of each of its windows whether it came late for that one, and
 * whether that one may lack earlier records.
 *
 * @param eventTime ms since the epoch
 * @param row number of the row within the record; {@link Fetched#WHOLE} for a record of one
 * @param appendTime as {@link Fetched#appendTime}
 * @param countedBy which specifications count it: bit n belongs to the n-th
 * @param passed windows that end at or before then had passed by its partition's clock when it came (it is counted all the same)
 * @param completeFrom windows that begin before then may have begun before what this generation read
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

    /** The type of a stream of counted values, without Kryo as long as {@code value} is without. */
    public static <T> TypeInformation<Counted<T>> type(TypeInformation<T> value) {
        return Decoded.type(Counted.class, value);
    }
}
