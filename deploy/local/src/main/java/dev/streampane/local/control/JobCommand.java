// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import java.util.Map;

/**
 * A command on a job, in a file that {@code up} reads.
 *
 * @param from {@link Kind#START}: what to start from
 * @param options options of the job; they stay until another command changes them
 * @param keep {@link Kind#STOP}: whether to make a savepoint, which only the user deletes
 */
public record JobCommand(Kind kind, String job, StartFrom from, Map<String, String> options, boolean keep) {

    /** Kinds of command. */
    public enum Kind {
        START,
        STOP,
        RESCALE
    }

    public JobCommand {
        options = Map.copyOf(options);
    }

    /** Starts a job that does not run. */
    public static JobCommand start(String job, StartFrom from, Map<String, String> options) {
        return new JobCommand(Kind.START, job, from, options, false);
    }

    /** Stops a job, which then stays stopped. */
    public static JobCommand stop(String job, boolean keep) {
        return new JobCommand(Kind.STOP, job, StartFrom.NEWEST, Map.of(), keep);
    }

    /** Changes the parallelism of a job that runs. */
    public static JobCommand rescale(String job, int parallelism) {
        Map<String, String> options = Map.of("parallelism", String.valueOf(parallelism));
        return new JobCommand(Kind.RESCALE, job, StartFrom.NEWEST, options, false);
    }
}
