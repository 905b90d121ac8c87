// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.FlinkRest;
import java.nio.file.Path;

/** What the submission of jobs needs from its caller. */
interface Submitter {

    /** Finds the pipeline's jar, which is to be uploaded. */
    Path jobJar();

    /** The clock of {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** The id under which Flink is to run a planned job; Flink accepts each id once. */
    default String jobId(JobPlan plan) {
        return FlinkRest.newJobId();
    }

    /**
     * Called before a job is submitted: puts what the job needs beside Flink.
     *
     * @throws StackException when that is not possible now
     */
    default void prepare(String job) {}

    /**
     * Called when a generation has been started that does not go on with its predecessor's windows: those that it does not make are to be
     * retracted.
     */
    default void supersedes(String job, int generation) {}
}
