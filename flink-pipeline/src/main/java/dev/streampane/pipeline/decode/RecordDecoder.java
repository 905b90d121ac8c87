// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import org.apache.flink.util.Collector;

/** Decodes records of one row each. Each record has one answer, which is a new object, because the caller keeps it. */
public interface RecordDecoder<T> extends Decoder<T> {

    /** Decodes {@code fetched}; never throws, whatever the bytes are. */
    Decoded<T> decode(Fetched fetched);

    @Override
    default void decode(Fetched fetched, Collector<Decoded<T>> out) {
        out.collect(decode(fetched));
    }
}
