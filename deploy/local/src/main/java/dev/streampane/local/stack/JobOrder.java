// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command wants to be done with a job: a file that {@code up} reads.
 *
 * @param from {@link Kind#START}: what to start from
 * @param savepoint {@link Kind#START} from a savepoint: its folder, absolute; otherwise empty
 * @param options options of the job; they stay until another order changes them
 * @param keep {@link Kind#STOP}: whether to make a savepoint, which is the user's
 */
public record JobOrder(
        Kind kind, String job, StartFrom.Kind from, String savepoint, Map<String, String> options, boolean keep) {

    /** Kinds of order. */
    public enum Kind {
        START,
        STOP,
        RESCALE
    }

    public JobOrder {
        options = Map.copyOf(options);
    }

    /** Starts a job that does not run. */
    public static JobOrder start(String job, StartFrom from, Map<String, String> options) {
        return new JobOrder(
                Kind.START,
                job,
                from.kind(),
                from.savepoint().map(Path::toString).orElse(""),
                options,
                false);
    }

    /** Stops a job, which then stays stopped. */
    public static JobOrder stop(String job, boolean keep) {
        return new JobOrder(Kind.STOP, job, StartFrom.Kind.NEWEST, "", Map.of(), keep);
    }

    /** Goes on with another number of subtasks. */
    public static JobOrder rescale(String job, int parallelism) {
        return new JobOrder(
                Kind.RESCALE,
                job,
                StartFrom.Kind.NEWEST,
                "",
                Map.of("parallelism", String.valueOf(parallelism)),
                false);
    }

    @JsonIgnore
    StartFrom startFrom() {
        return savepoint.isEmpty()
                ? new StartFrom(from, java.util.Optional.empty())
                : StartFrom.savepoint(Path.of(savepoint));
    }
}
