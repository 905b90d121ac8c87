// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.server.FlinkRest;
import java.nio.file.Path;

/** On whose behalf jobs are submitted. */
interface Submitter {

    /** Finds the pipeline's jar, when it is to be uploaded. */
    Path jobJar();

    /** The clock of {@link System#nanoTime}. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** The id that Flink is to run a planned job under: it takes each once. */
    default String jobId(JobPlan plan) {
        return FlinkRest.newJobId();
    }

    /** A generation without its predecessor's windows has been started: what it does not make is to be retracted. */
    void supersedes(String job, int generation);
}
