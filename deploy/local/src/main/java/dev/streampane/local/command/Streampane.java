// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.ServerException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code streampane} command. Exit codes: 0 done, 1 a check failed, 2 wrong use or the machine does not allow it
 * (nothing was started), 3 something started does not come up, 4 what the command needs does not run.
 */
@Command(
        name = "streampane",
        version = "streampane 1.0.0",
        description = "Streampane on this machine: real Kafka, Flink and Elasticsearch, no Docker.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            DoctorCommand.class,
            StatusCommand.class,
            WatchCommand.class,
            DownCommand.class,
            LogsCommand.class,
            JobsCommand.class,
            TxCommand.class,
            AuditCommand.class,
            ExplainCommand.class,
            ReplayCommand.class,
            MeasureCommand.class,
            PrepareCommand.class,
            SubmitCommand.class,
            AutoComplete.GenerateCompletion.class
        },
        footer = """

                Examples:
                  streampane up                    start everything, until Ctrl-C
                  streampane up --window 10s       with ten-second windows
                  streampane status                what runs, in another terminal
                  streampane watch                 the newest windows, live
                  streampane COMMAND --help        options of a command
                  streampane run word-count --output console
                                                   a job without a cluster
                  source <(streampane generate-completion)
                                                   completions for bash and zsh

                Exit codes: 0 done, 1 a check failed, 2 wrong use or the machine does not
                allow it, 3 something does not come up, 4 what is needed does not run.""")
public final class Streampane implements Runnable {

    private static final int LONGEST_LINE = 500;
    private static final Pattern HEAP = Pattern.compile("Java heap space|GC overhead limit exceeded");

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command with the handlers that turn every failure into one line and an exit code. */
    static CommandLine commandLine() {
        return new CommandLine(new Streampane())
                .registerConverter(Duration.class, OptionValues::duration)
                .registerConverter(Instant.class, OptionValues::instant)
                .registerConverter(URI.class, OptionValues::url)
                .setExecutionStrategy(Streampane::executed)
                .setParameterExceptionHandler(Streampane::wrongUse)
                .setExecutionExceptionHandler(Streampane::failed);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(name = "run", description = "Runs one job in a process of its own, without a cluster.")
    void runJob() {
        throw byTheScript();
    }

    @Command(name = "bench", description = "Compares Streampane with its alternatives.")
    void bench() {
        throw byTheScript();
    }

    private ParameterException byTheScript() {
        return new ParameterException(spec.commandLine(), "deploy/streampane starts another main class for it");
    }

    private static int wrongUse(ParameterException e, String[] args) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        e.getCommandLine()
                .getErr()
                .println("streampane: " + oneLine(e.getMessage()) + " (see '" + command + " --help')");
        return StackException.NOT_ALLOWED;
    }

    /** Runs the last command. An {@link Error}, which picocli does not catch, is handled as an exception is. */
    private static int executed(CommandLine.ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (Error e) {
            List<CommandLine> commands = parsed.asCommandLineList();
            return failed(e, commands.get(commands.size() - 1), parsed);
        }
    }

    private static int failed(Throwable e, CommandLine commandLine, CommandLine.ParseResult parsed) {
        PrintWriter err = commandLine.getErr();
        Terminal.overwrite(commandLine.getOut(), ""); // clears the progress line
        if (System.getenv("STREAMPANE_DEBUG") != null) {
            e.printStackTrace(err);
        }
        StackException known = known(e, commandLine.getCommandSpec());
        err.println("streampane: " + known.getMessage());
        return known.exitCode();
    }

    /** The failure with its line for the user and its exit code. */
    private static StackException known(Throwable e, CommandSpec command) {
        if (e instanceof StackException known) {
            return known;
        }
        Throwable refusal = cause(e, AuthenticationException.class, AuthorizationException.class);
        if (refusal != null) {
            return StackException.notRunning(
                    "the brokers refuse: " + oneLine(String.valueOf(refusal.getMessage())) + " (--kafka-config)");
        }
        if (cause(e, TimeoutException.class) != null) {
            return StackException.notRunning("Kafka does not answer ("
                    + oneLine(String.valueOf(e.getMessage()))
                    + "): see 'streampane status' and 'streampane logs kafka'");
        }
        Throwable memory = cause(e, OutOfMemoryError.class);
        if (memory != null && HEAP.matcher(String.valueOf(memory.getMessage())).lookingAt()) {
            return StackException.startFailed("'%s' has run out of memory (a heap of %d MiB)%s"
                    .formatted(
                            command.qualifiedName(),
                            Runtime.getRuntime().maxMemory() >> 20,
                            command.findOption("--from") == null ? "" : ": take less with --from and --to"));
        }
        return StackException.startFailed(
                e instanceof ServerException
                        ? e.getMessage()
                        : "unexpected %s: %s (STREAMPANE_DEBUG=1 shows where)"
                                .formatted(e.getClass().getSimpleName(), e.getMessage()));
    }

    /** The outermost throwable of one of these kinds in the chain of causes; null when there is none. */
    private static Throwable cause(Throwable e, Class<?>... kinds) {
        return e == null || Stream.of(kinds).anyMatch(kind -> kind.isInstance(e)) ? e : cause(e.getCause(), kinds);
    }

    private static String oneLine(String message) {
        String line = message.replaceAll("\\s*\\R\\s*", " ");
        if (line.length() <= LONGEST_LINE) {
            return line;
        }
        int half = LONGEST_LINE / 2;
        return line.substring(0, half) + " … " + line.substring(line.length() - half);
    }
}
