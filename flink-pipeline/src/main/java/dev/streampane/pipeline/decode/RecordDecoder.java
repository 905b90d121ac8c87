// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import org.apache.flink.util.Collector;

/** Decodes records of one row each: one answer per record, a new one each time, for it is kept. */
public interface RecordDecoder<T> extends Decoder<T> {

    /** What {@code fetched} holds; never throws, whatever the bytes are. */
    Decoded<T> decode(Fetched fetched);

    @Override
    default void decode(Fetched fetched, Collector<Decoded<T>> out) {
        out.collect(decode(fetched));
    }
}
