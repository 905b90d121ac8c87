// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that several subcommands have. */
abstract class OptionGroup {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee;

    /** The subcommand that was called. */
    final CommandLine commandLine() {
        return mixee.commandLine();
    }

    /** The exception that refuses the value of an option. */
    final ParameterException wrong(String option, Object value, String allowed) {
        return JobOptions.wrong(commandLine(), option, value, allowed);
    }
}
