// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import dev.streampane.local.command.Streampane;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Arguments of the {@code streampane} command, read by its own parser. */
public final class CommandLines {

    private CommandLines() {}

    /** What the subcommand is told; nothing when the command refuses it, and then says why. */
    public static Optional<ParseResult> parse(List<String> arguments, Consumer<String> refusal) {
        try {
            return Optional.ofNullable(new CommandLine(new Streampane())
                    .parseArgs(arguments.toArray(String[]::new))
                    .subcommand());
        } catch (ParameterException e) {
            refusal.accept(e.getMessage());
            return Optional.empty();
        }
    }
}
