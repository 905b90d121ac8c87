// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.NewestState;
import dev.streampane.local.state.Transactions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code streampane tx}: the jobs' open transactions, which hold back every {@code read_committed} reader. */
@Command(
        name = "tx",
        description = {"Shows and aborts the jobs' open transactions.", """
            promised: pre-committed by a completed checkpoint; the job itself commits it.
            running: belongs to the next checkpoint of a running job.
            orphan: no job will commit it."""},
        synopsisSubcommandLabel = "COMMAND")
final class TxCommand extends Subcommand {

    @Override
    public Integer call() {
        throw wrongUse("a command is missing: list or abort");
    }

    @Command(name = "list", description = "Lists them with their kinds.", mixinStandardHelpOptions = true)
    int list(@Mixin DataOption data) {
        RunningStack stack = data.answering();
        PrintWriter out = out();
        List<JobTransaction> open = Transactions.list(stack.bootstrapServers());
        if (open.isEmpty()) {
            out.println("no open transactions");
            return 0;
        }
        Predicate<JobTransaction> running = ofRunningJobs(stack);
        for (JobTransaction transaction : open) {
            long newest = NewestState.id(data.folder().resolve("state"), transaction.job(), transaction.generation());
            String kind = transaction.promised(newest) ? "promised" : running.test(transaction) ? "running" : "orphan";
            out.printf(
                    "%-40s %-14s %-9s %s%n",
                    transaction.transactionalId(),
                    transaction.state(),
                    kind,
                    transaction
                            .startedAt()
                            .map(start -> "open for " + seconds(start) + " s")
                            .orElse("empty"));
        }
        return 0;
    }

    @Command(
            name = "abort",
            description = {
                "Aborts the orphans of a job that does not run.",
                "It refuses promised ones: the job commits them when it is started from its",
                "newest state."
            },
            mixinStandardHelpOptions = true)
    int abort(
            @Mixin DataOption data,
            @Parameters(paramLabel = "JOB", description = "The job's name.") String job,
            @Option(
                            names = "--lose",
                            description = "Aborts promised ones, too: their records are lost, and the job does not"
                                    + " continue from the state that promised them (jobs start --from).")
                    boolean lose) {
        RunningStack stack = data.answering();
        refuseWhenRunning(stack, job);
        PrintWriter out = out();
        Path states = data.folder().resolve("state");
        Transactions.Outcome outcome = Transactions.abort(
                stack.bootstrapServers(),
                states,
                transaction -> transaction.job().equals(job),
                lose);
        outcome.aborted().forEach(done -> out.println("aborted " + done.transactionalId()));
        outcome.refused()
                .forEach(left -> out.println("refused "
                        + left.transactionalId()
                        + ": promised; --lose aborts it and loses what"
                        + " it holds"));
        outcome.gone()
                .forEach(gone -> out.println(
                        "left " + gone.transactionalId() + ": it has ended meanwhile, or its job has begun another"));
        if (outcome.equals(Transactions.Outcome.NOTHING)) {
            checkJob("JOB", job, states);
            out.println("no open transactions of " + job);
        }
        return outcome.refused().isEmpty() ? 0 : 1;
    }

    /** Whether a transaction's job runs and may still end it. When Flink does not answer, all jobs count as running if the TaskManager lives. */
    private Predicate<JobTransaction> ofRunningJobs(RunningStack stack) {
        try {
            Set<String> running = running(stack);
            return transaction -> running.contains(transaction.job())
                    && stack.jobs().stream()
                            .filter(job -> job.name().equals(transaction.job()))
                            .allMatch(job -> job.generation() == transaction.generation());
        } catch (IOException e) {
            if (stack.taskManagerLives()) {
                commandLine().getErr().println("Flink does not answer: every job is treated as running");
            }
            return transaction -> stack.taskManagerLives();
        }
    }

    private static void refuseWhenRunning(RunningStack stack, String job) {
        try {
            if (running(stack).contains(job)) {
                throw StackException.notAllowed(job + " runs and ends its transactions itself; nothing was aborted");
            }
        } catch (IOException e) {
            if (stack.taskManagerLives()) {
                throw StackException.notRunning(
                        "Flink does not answer, but its TaskManager is alive and may run "
                                + job
                                + "; nothing was aborted: try again, and see 'streampane logs"
                                + " jobmanager'",
                        e);
            }
        }
    }

    /** The names of the jobs that have running tasks. */
    private static Set<String> running(RunningStack stack) throws IOException {
        return new FlinkRest(stack.url(StackPort.FLINK))
                .jobs().stream()
                        .filter(job -> job.runningTasks() > 0)
                        .map(FlinkRest.Job::name)
                        .collect(Collectors.toSet());
    }

    private static long seconds(Instant since) {
        return Duration.between(since, Instant.now()).toSeconds();
    }
}
