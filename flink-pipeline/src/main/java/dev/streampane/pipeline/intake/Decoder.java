// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Turns fetched bytes into a value, a heartbeat or a reject, with no state between records: the same bytes give the same answer wherever
 * and whenever they are read. One instance is used by one thread.
 *
 * <p>A faster parser takes over by implementing this and handing what is unusual to a decoder that it wraps; the verdicts must stay the
 * same.
 */
public interface Decoder<T> extends Serializable {

    /** What {@code fetched} holds; never throws, whatever the bytes are. */
    Decoded<T> decode(Fetched fetched);

    /** The type of the values. */
    TypeInformation<T> valueType();

    /** The type of what {@link #decode} gives. */
    default TypeInformation<Decoded<T>> type() {
        return Decoded.type(valueType());
    }
}
