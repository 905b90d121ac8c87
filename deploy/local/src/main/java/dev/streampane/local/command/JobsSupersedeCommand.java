// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.audit.GenerationRetraction;
import dev.streampane.local.control.StackException;
import dev.streampane.local.stack.StackSettings;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streampane jobs supersede}: retracts what a new generation has not made. */
@Command(
        name = "supersede",
        description = {"Retracts windows of older generations that the newest one did not make.", """
            Each window that it covers gets one result with status RETRACTED, cause
            superseded, in the newest generation. 'up' does it by itself when a new
            generation has passed the last window of the older ones; this command does
            it now, for the windows covered so far. It is idempotent.

            A window is covered when the newest generation
              has read all records that the window counted: the offsets in the result's
                inputs lie between its first and its last audit line of each partition,
              and has closed the window: its end is at or below the H that all partitions
                and specifications had before their newest audit line.
            The newest generation made it if it has any result with its id. So windows with
            other borders are retracted, and those whose records are all late or rejected
            now. Windows that the newest generation has not read completely stay, as do
            those that it took over with a savepoint."""},
        footer = """

                Example:
                  streampane jobs supersede weather-average""")
final class JobsSupersedeCommand extends JobsSubcommand {

    @Option(names = "--ids", description = "Prints the ids of what was retracted, too.")
    private boolean ids;

    private record Superseded(
            String event, String job, int generation, Optional<Instant> closed, int covered, List<String> retracted) {}

    @Override
    public Integer call() {
        String job = job(StackSettings.RESULT_JOBS, ", which write windows");
        var outcome = GenerationRetraction.of(data().answering().bootstrapServers(), job)
                .orElseThrow(() -> StackException.notAllowed(job + " has never run, so nothing is superseded"))
                .retract();
        PrintWriter out = out();
        if (json()) {
            printJson(new Superseded(
                    "superseded", job, outcome.generation(), outcome.closed(), outcome.covered(), outcome.retracted()));
            return 0;
        }
        out.printf(
                "%s: generation %d %s; %d windows that only older ones made are covered, %d of them retracted now%n",
                job,
                outcome.generation(),
                outcome.closed()
                        .map(closed -> "has closed what ends up to " + closed)
                        .orElse("has not closed any window yet"),
                outcome.covered(),
                outcome.retracted().size());
        if (ids) {
            outcome.retracted().forEach(out::println);
        }
        return 0;
    }
}
