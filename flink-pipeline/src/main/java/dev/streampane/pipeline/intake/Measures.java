// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import java.io.Serializable;

/** What a job takes from each value: whose it is, and its metrics. */
public interface Measures<T> extends Serializable {

    /** The entity's key. */
    String key(T value);

    /** The metrics in units, in the order of the job's result shape. */
    long[] metrics(T value);
}
