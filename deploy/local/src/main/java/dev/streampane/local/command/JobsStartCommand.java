// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.JobCommand;
import dev.streampane.local.control.StartFrom;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code streampane jobs start}: starts one job that does not run. */
@Command(
        name = "start",
        description = {"Starts a job that does not run, by default from its newest state.", """
            newest continues the generation of its state. Anything else begins a new
            generation, whose results override those of older ones for the same windows:
            an older savepoint, the whole topic (earliest), or new records (latest).
            When a new generation has passed the last window of the older ones, the windows
            that it did not make are retracted, as by 'jobs supersede'."""},
        sortOptions = false,
        footer = """

                Examples:
                  streampane jobs start weather-average
                  streampane jobs start weather-average --job-option out-of-orderness=10s
                  streampane jobs start weather-average --from earliest \\
                      --job-option 'windows=tumbling(10s);sliding(1m,10s)'
                  streampane jobs start weather-average --from savepoint DIR   (jobs savepoints)""")
final class JobsStartCommand extends JobsSubcommand {

    @Option(
            names = "--from",
            paramLabel = "newest|savepoint PATH|earliest|latest",
            hideParamSyntax = true,
            parameterConsumer = FromParser.class,
            description = "What to start from (default: newest). A savepoint that is the job's newest state is newest.")
    private StartFrom from;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Subtasks per operator, 1 to 32768 (default: as it"
                    + " ran last in this stack, at first the job's).")
    private Integer parallelism;

    @Option(
            names = "--job-option",
            paramLabel = "NAME=VALUE",
            description = "An option of the job; repeatable. It stays until another start changes it, or 'up' ends.")
    private List<String> options;

    /** {@code newest}, {@code savepoint PATH}, {@code earliest} or {@code latest}. */
    static final class FromParser implements IParameterConsumer {

        @Override
        public void consumeParameters(Stack<String> args, ArgSpec arg, CommandSpec command) {
            String kind = args.isEmpty() ? "" : args.pop();
            StartFrom value =
                    switch (kind) {
                        case "newest" -> StartFrom.NEWEST;
                        case "earliest" -> StartFrom.of(StartFrom.Kind.EARLIEST);
                        case "latest" -> StartFrom.of(StartFrom.Kind.LATEST);
                        case "savepoint" -> savepoint(args, command.commandLine());
                        default ->
                            throw JobOptions.wrong(
                                    command.commandLine(),
                                    "--from",
                                    kind,
                                    "newest, savepoint PATH, earliest or latest");
                    };
            arg.setValue(value);
        }

        private static StartFrom savepoint(Stack<String> args, CommandLine command) {
            if (args.isEmpty() || args.peek().isBlank() || args.peek().startsWith("-")) {
                throw new ParameterException(command, "--from savepoint: its folder is missing");
            }
            String path = args.pop();
            return StartFrom.savepoint(Path.of(path.startsWith("file:") ? path.substring("file:".length()) : path)
                    .toAbsolutePath()
                    .normalize());
        }
    }

    @Override
    public Integer call() {
        Map<String, String> asked = JobOptions.pairs(commandLine(), "--job-option", options);
        asked.forEach(this::check);
        if (parallelism != null) {
            checkRange("--parallelism", parallelism, 1, JobsRescaleCommand.MOST_SUBTASKS);
            asked.put("parallelism", parallelism.toString());
        }
        return execute(JobCommand.start(job(), Optional.ofNullable(from).orElse(StartFrom.NEWEST), asked));
    }

    private void check(String name, String value) {
        String instead =
                switch (name) {
                    case "generation", "start-from" -> "--from for this";
                    case "parallelism" -> "--parallelism for this";
                    case "state-dir", "bootstrap-servers", "elasticsearch-url" -> "what the stack itself has set";
                    case JobOptions.RUNS_TOPIC -> JobOptions.WITHOUT_RUNS_TOPIC;
                    default -> name.indexOf(':') < 0 ? "" : "an option's name without a job's";
                };
        if (!instead.isEmpty()) {
            throw wrong("--job-option", name + "=" + value, instead);
        }
    }
}
