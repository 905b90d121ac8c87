// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;

/**
 * Decodes fetched records into values, heartbeats or rejections. It keeps no state between records: the same bytes give the same answer wherever
 * and whenever they are read. One instance is used by one thread. {@link RecordDecoder} is for records that are one row each.
 */
public interface Decoder<T> extends Serializable {

    /** Called once before the first record, possibly by another thread than the one that decodes. */
    default void open(MetricGroup metrics) {}

    /**
     * Decodes {@code fetched}, row by row; never throws, whatever the bytes are.
     *
     * @param out takes at least one answer and keeps it, so that no answer may be changed later: either one for the record itself, or one for
     *     each {@link Fetched#row}, in order from 0
     */
    void decode(Fetched fetched, Collector<Decoded<T>> out);

    TypeInformation<T> valueType();

    default TypeInformation<Decoded<T>> type() {
        return Decoded.type(valueType());
    }
}
