// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import org.apache.flink.util.Collector;

/** Decodes records of one row each. Each record has one answer, which is a new object, because the caller keeps it. */
public interface RecordDecoder<T> extends Decoder<T> {

    /** Decodes {@code fetched}. */
    Decoded<T> read(Fetched fetched) throws Rejection;

    /** The same, with a rejection as an answer; never throws, whatever the bytes are. */
    default Decoded<T> decode(Fetched fetched) {
        try {
            return read(fetched);
        } catch (Rejection rejection) {
            return Decoded.rejected(fetched, rejection);
        } catch (RuntimeException e) {
            // A record for which a check is missing must not restart the job again and again.
            return Decoded.rejected(fetched, RejectReason.NOT_JSON, "unreadable: " + e);
        }
    }

    @Override
    default void decode(Fetched fetched, Collector<Decoded<T>> out) {
        out.collect(decode(fetched));
    }
}
