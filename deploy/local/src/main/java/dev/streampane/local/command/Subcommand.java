// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.contract.Durations;
import dev.streampane.contract.Json;
import dev.streampane.local.stack.StackSettings;
import dev.streampane.local.state.Specifications;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A subcommand of {@code streampane}: its output, and checks of its options. */
@Command(mixinStandardHelpOptions = true)
abstract class Subcommand implements Callable<Integer> {

    private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec;

    private Instant told = Instant.now();

    final CommandLine commandLine() {
        return spec.commandLine();
    }

    final PrintWriter out() {
        return commandLine().getOut();
    }

    /**
     * Shows progress: on a terminal in place of the last progress, elsewhere as a line on standard error at most every ten seconds. Does
     * nothing when the command prints JSON.
     */
    final void progress(boolean json, String line) {
        if (json) {
            return;
        }
        if (Terminal.isTerminal()) {
            Terminal.overwrite(out(), line);
        } else if (!line.isEmpty() && told.plus(TOLD_EVERY).isBefore(Instant.now())) {
            told = Instant.now();
            commandLine().getErr().println(line);
        }
    }

    /** Prints a record as one line of JSON. */
    final void printJson(Record record) {
        out().println(new String(Json.of(record), StandardCharsets.UTF_8));
    }

    /** Prints a line of a report. */
    final void printCount(String what, long count) {
        out().printf("  %-22s %,d%n", what, count);
    }

    /** The exception that refuses the value of an option. */
    final ParameterException wrong(String option, Object value, String allowed) {
        return JobOptions.wrong(commandLine(), option, value, allowed);
    }

    /** Returns window specifications as they are spelled in {@code job-runs}; refuses a text that is none. */
    final String specifications(String option, String text) {
        try {
            return Specifications.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    commandLine(), "%s: '%s' is not allowed: %s".formatted(option, text, e.getMessage()));
        }
    }

    /** Refuses a job that is not in the pipeline and has no state in {@code states}. */
    final void checkJob(String parameter, String job, Path states) {
        if (!StackSettings.JOBS.contains(job) && !Files.isDirectory(states.resolve(job))) {
            throw wrong(parameter, job, String.join(", ", StackSettings.JOBS) + ", or a job with state in " + states);
        }
    }

    /** Refuses a number that is not within bounds, both inclusive. */
    final void checkRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw wrong(option, value, least + " to " + most);
        }
    }

    /** Refuses a duration that is zero or negative. */
    final void checkPositive(String option, Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw wrong(option, Durations.format(time), "a time above zero, such as 2m");
        }
    }

    /** Refuses an empty range; null is no bound. */
    final void checkOrder(Instant from, Instant to) {
        if (from != null && to != null && !from.isBefore(to)) {
            throw wrongUse("--to: '" + to + "' is not after --from " + from);
        }
    }

    /** The exception that refuses how the command was used. */
    final ParameterException wrongUse(String message) {
        return new ParameterException(commandLine(), message);
    }
}
