// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.io.Serializable;
import java.util.Optional;
import org.apache.flink.util.function.SerializableFunction;

/**
 * What a job takes from each value: whose it is, and its metrics.
 *
 * @param key the entity's key
 * @param metrics in units, in the order of the job's result shape; none for a text
 * @param text of a value that is one
 */
public record Measures<T>(
        SerializableFunction<T, String> key,
        SerializableFunction<T, long[]> metrics,
        SerializableFunction<T, Optional<String>> text)
        implements Serializable {

    /** Of values of which none is a text. */
    public Measures(SerializableFunction<T, String> key, SerializableFunction<T, long[]> metrics) {
        this(key, metrics, value -> Optional.empty());
    }
}
