// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.state.Savepoints;
import dev.streampane.local.state.Savepoints.Savepoint;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streampane jobs}: lists the jobs as Flink sees them; its subcommands change one job while the stack runs. */
@Command(
        name = "jobs",
        description = {"Lists the jobs, or controls one.", """
            The running 'up' executes the command and then supervises the job: a stopped
            job stays stopped, a started one is resubmitted with its options when it fails.
            The next 'up' starts the jobs of its --jobs, each from where it ended."""},
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {
            JobsStartCommand.class,
            JobsStopCommand.class,
            JobsRescaleCommand.class,
            JobsSupersedeCommand.class
        },
        footer = """

                Examples:
                  streampane jobs
                  streampane jobs start word-count
                  streampane jobs stop weather-average --savepoint
                  streampane jobs start weather-average --job-option allowed-lateness=10m
                  streampane jobs rescale weather-average 4""")
final class JobsCommand extends StackCommand {

    @Option(names = "--json", description = "Prints one JSON object per job.")
    private boolean json;

    /** Whether {@code --json} stands in front of the subcommand. */
    boolean json() {
        return json;
    }

    @Override
    public Integer call() {
        return list(data(), false);
    }

    @Command(
            name = "list",
            description = "Lists the jobs: state, generation, restarts, newest checkpoint.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin DataOption of,
            @Option(names = "--json", description = "Prints one JSON object per job.") boolean asJson) {
        JobList.print(of.running(), out(), json || asJson);
        return 0;
    }

    @Command(
            name = "savepoints",
            description = {"Lists the savepoints, also when nothing runs.", """
                kept: made by 'jobs stop --savepoint'; only you delete it. The others
                are made by 'up' at its end, and deleted when their job has newer checkpoints.
                newest: the generation continues from it."""},
            mixinStandardHelpOptions = true)
    int savepoints(
            @Mixin DataOption of,
            @Parameters(paramLabel = "NAME", arity = "0..1", description = "Only of this job.") String job,
            @Option(names = "--json", description = "Prints one JSON object per savepoint.") boolean asJson) {
        PrintWriter out = out();
        Path folder = of.folder();
        Path states = folder.resolve("state");
        if (job != null) {
            checkJob("NAME", job, states);
        }
        List<Savepoint> savepoints = Savepoints.list(folder, Optional.ofNullable(job));
        if (savepoints.isEmpty() && !json && !asJson) {
            out.println("no savepoints " + (job == null ? "" : "of " + job + " ") + "in " + states);
        }
        for (Savepoint savepoint : savepoints) {
            if (json || asJson) {
                printJson(savepoint);
            } else {
                out.printf(
                        "%s, generation %d, checkpoint %d, %s%s%s%n  %s%n",
                        savepoint.job(),
                        savepoint.generation(),
                        savepoint.checkpoint(),
                        savepoint.made(),
                        savepoint.kept() ? ", kept" : "",
                        savepoint.newest() ? ", newest" : "",
                        savepoint.path());
            }
        }
        return 0;
    }
}
