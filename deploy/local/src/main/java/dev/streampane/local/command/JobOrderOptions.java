// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.stack.JobOrder;
import dev.streampane.local.stack.Orders;
import dev.streampane.local.stack.RunningStack;
import dev.streampane.local.stack.Screen;
import dev.streampane.local.stack.StackSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What every command has that does something with one job. */
final class JobOrderOptions {

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

    /** Has {@code up} carry it out, and says what has become of it. */
    int carryOut(JobOrder order) {
        RunningStack stack = data.running();
        try (Screen screen = Terminal.screen(json)) {
            String done = Orders.carryOut(data.folder(), stack, order, screen);
            screen.say("done", "", done);
            return 0;
        }
    }
}
