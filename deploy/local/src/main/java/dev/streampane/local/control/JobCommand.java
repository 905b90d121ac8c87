// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.file.Path;
import java.util.Map;

/**
 * What is to be done with a job: a file that {@code up} reads.
 *
 * @param from {@link Kind#START}: what to start from
 * @param savepoint {@link Kind#START} from a savepoint: its folder, absolute; otherwise empty
 * @param options options of the job; they stay until another command changes them
 * @param keep {@link Kind#STOP}: whether to make a savepoint, which is the user's
 */
public record JobCommand(
        Kind kind, String job, StartFrom.Kind from, String savepoint, Map<String, String> options, boolean keep) {

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
        return new JobCommand(
                Kind.START,
                job,
                from.kind(),
                from.savepoint().map(Path::toString).orElse(""),
                options,
                false);
    }

    /** Stops a job, which then stays stopped. */
    public static JobCommand stop(String job, boolean keep) {
        return new JobCommand(Kind.STOP, job, StartFrom.Kind.NEWEST, "", Map.of(), keep);
    }

    /** Goes on with another number of subtasks. */
    public static JobCommand rescale(String job, int parallelism) {
        return new JobCommand(
                Kind.RESCALE,
                job,
                StartFrom.Kind.NEWEST,
                "",
                Map.of("parallelism", String.valueOf(parallelism)),
                false);
    }

    @JsonIgnore
    public StartFrom startFrom() {
        return savepoint.isEmpty()
                ? new StartFrom(from, java.util.Optional.empty())
                : StartFrom.savepoint(Path.of(savepoint));
    }
}
