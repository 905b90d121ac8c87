// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

/** Kinds of jobs by the common options that they have: each has those of the kinds before it. */
public enum JobKind {

    /** Reads records, and counts none. */
    READING,

    /** Counts each record in its audit and writes with the exactly-once sink. */
    COUNTING,

    /** Has event times. */
    TIMED,

    /** Has windows. */
    WINDOWED
}
