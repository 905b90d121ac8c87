// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code streampane bench} command. */
@Command(
        name = "streampane bench",
        description = "Measures Streampane beside what a user would pick instead.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        abbreviateSynopsis = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            Throughput.class,
            Output.class,
            Latency.class,
            Index.class,
            Rest.class,
            Parser.class,
            Fanout.class,
            Startup.class,
            Scale.class
        })
public final class Bench implements Runnable {

    @Spec
    private CommandSpec spec;

    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
