// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.ControlClient;
import dev.streampane.local.control.JobCommand;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.stack.Console;
import dev.streampane.local.stack.StackSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What every command has that does something with one job. */
final class JobCommandOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee;

    @Mixin
    private DataOption data;

    @Parameters(paramLabel = "NAME", index = "0", description = "The job's name.")
    private String job;

    @Option(names = "--json", description = "Prints one JSON object per event.")
    private boolean json;

    DataOption data() {
        return data;
    }

    boolean json() {
        return json;
    }

    /** The job, one of the pipeline's. */
    String job() {
        if (!StackSettings.JOBS.contains(job)) {
            throw JobOptions.wrong(mixee.commandLine(), "NAME", job, String.join(", ", StackSettings.JOBS));
        }
        return job;
    }

    /** Has {@code up} execute it, and prints the outcome. */
    int execute(JobCommand command) {
        RunningStack stack = data.running();
        try (Console console = Terminal.console(json)) {
            String done = ControlClient.execute(data.folder(), stack, command, console);
            console.say("done", "", done);
            return 0;
        }
    }
}
