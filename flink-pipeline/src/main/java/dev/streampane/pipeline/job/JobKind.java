// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

/** Kinds of jobs by their common options: each kind also has the options of the kinds before it. */
public enum JobKind {

    /** Reads records, but does not count them. */
    READING,

    /** Counts each record in its audit and writes with the exactly-once sink. */
    COUNTING,

    /** Has event times. */
    TIMED,

    /** Has windows. */
    WINDOWED
}
