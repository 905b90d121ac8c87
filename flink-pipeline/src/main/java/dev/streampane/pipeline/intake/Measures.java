// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import java.io.Serializable;
import java.util.Optional;

/** What a job takes from each value: whose it is, and its metrics. */
public interface Measures<T> extends Serializable {

    /** The entity's key. */
    String key(T value);

    /** The metrics in units, in the order of the job's result shape; none for a text. */
    long[] metrics(T value);

    /** The text, for a value that is one. */
    default Optional<String> text(T value) {
        return Optional.empty();
    }
}
