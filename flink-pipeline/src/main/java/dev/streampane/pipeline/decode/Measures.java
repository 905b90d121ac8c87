// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.io.Serializable;
import java.util.Optional;
import org.apache.flink.util.function.SerializableFunction;

/**
 * What a job reads from each value: the entity that it belongs to, and its metrics.
 *
 * @param key the entity's key
 * @param metrics in units, in the order of the job's result shape; empty for a text
 * @param text the text of the value, if it is one
 */
public record Measures<T>(
        SerializableFunction<T, String> key,
        SerializableFunction<T, long[]> metrics,
        SerializableFunction<T, Optional<String>> text)
        implements Serializable {

    /** For values that are never a text. */
    public Measures(SerializableFunction<T, String> key, SerializableFunction<T, long[]> metrics) {
        this(key, metrics, value -> Optional.empty());
    }
}
