// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command below {@code streampane}: where it prints, and how it refuses what it was given. */
abstract class Subcommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    final CommandLine commandLine() {
        return spec.commandLine();
    }

    final PrintWriter out() {
        return commandLine().getOut();
    }

    /** Refuses the value of one option. */
    final ParameterException wrong(String option, Object value, String allowed) {
        return JobOptions.wrong(commandLine(), option, value, allowed);
    }

    /** Refuses options that do not go together. */
    final ParameterException wrongUse(String message) {
        return new ParameterException(commandLine(), message);
    }
}
