// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.ControlClient;
import dev.streampane.local.control.JobCommand;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.stack.Console;
import dev.streampane.local.stack.StackSettings;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** A command that does something with one job. */
abstract class JobsSubcommand extends StackCommand {

    @Parameters(paramLabel = "NAME", index = "0", description = "The job's name.")
    private String job;

    @Option(names = "--json", description = "Prints one JSON object per event.")
    private boolean json;

    @ParentCommand
    private JobsCommand jobs;

    final boolean json() {
        return json || jobs.json();
    }

    /** The job's name; refused when it is not one of the pipeline's. */
    final String job() {
        return job(StackSettings.JOBS, "");
    }

    /** The job's name; refused, with {@code why} at the end of the message, when it is not allowed. */
    final String job(List<String> allowed, String why) {
        if (!allowed.contains(job)) {
            throw wrong("NAME", job, String.join(", ", allowed) + why);
        }
        return job;
    }

    /** Lets the running {@code up} execute the command, and prints the outcome. */
    final int execute(JobCommand command) {
        RunningStack stack = data().running();
        try (Console console = Terminal.console(json())) {
            String done = ControlClient.execute(data().folder(), stack, command, console);
            console.say("done", "", done);
            return 0;
        }
    }
}
