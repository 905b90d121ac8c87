// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.Progress;
import dev.streampane.local.state.JobTransaction;
import dev.streampane.local.state.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Aborts open transactions that nobody will commit: they hold back {@code read_committed} readers in vain. */
record OrphanedTransactions(JobContext context, Progress progress) {

    /** Longer than Flink's restart delay, which is at most 30 s: a job that Flink is about to restart is left alone. */
    private static final Duration AFTER = Duration.ofSeconds(60);

    /**
     * When no task of the job has run for 60 s, aborts its transactions that are newer than its newest state. The job is not submitted
     * again before this has ended, as it will use the same transactional ids.
     */
    void apply(SupervisedJob job) {
        if (job.plan == null || !job.aborting.isDone() || context.nanoTime() - job.lastRan < AFTER.toNanos()) {
            return;
        }
        job.lastRan = context.nanoTime();
        int generation = job.plan.generation();
        job.aborting = CompletableFuture.runAsync(() -> abortOrphans(job.name, generation));
    }

    private void abortOrphans(String job, int generation) {
        try {
            var aborted = context.abort(t -> t.isOf(job, generation) && t.isOlderThan(AFTER))
                    .aborted();
            if (!aborted.isEmpty()) {
                progress.say(
                        "orphans-aborted",
                        job,
                        "no task ran for 60 s, so its %d open transactions that no checkpoint holds were aborted"
                                .formatted(aborted.size()));
            }
        } catch (RuntimeException e) {
            progress.say(
                    "orphans-left",
                    job,
                    "its open transactions could not be aborted and block readers, tried again"
                            + " in 60 s: "
                            + Failures.firstLine(e.getMessage()));
        }
    }

    /** Aborts the orphans of jobs that are not to run here, as nobody else will, and reports the transactions that only those jobs may end. */
    void applyToAbsent(List<String> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        try {
            Transactions.Outcome outcome = context.abort(t -> jobs.contains(t.job()));
            jobs.stream().sorted().forEach(job -> say(progress, job, "is not started", outcome.of(job)));
        } catch (RuntimeException e) {
            progress.say(
                    "orphans-left",
                    "",
                    "open transactions of jobs that are not started could not be listed and"
                            + " may block readers, see 'streampane tx list': "
                            + Failures.firstLine(e.getMessage()));
        }
    }

    /** Aborts the orphans of a job that was just stopped, and reports the transactions that stay open. */
    void applyToStopped(SupervisedJob job, Progress told) {
        try {
            int generation = job.plan.generation();
            say(told, job.name, "is stopped", context.abort(t -> t.isOf(job.name, generation)));
        } catch (RuntimeException e) {
            told.say(
                    "orphans-left",
                    job.name,
                    "its open transactions could not be listed and may block readers, tried"
                            + " again in 60 s: "
                            + Failures.firstLine(e.getMessage()));
        }
    }

    private static void say(Progress told, String job, String why, Transactions.Outcome outcome) {
        if (!outcome.aborted().isEmpty()) {
            told.say(
                    "orphans-aborted",
                    job,
                    "%s, so its %d open transactions that no checkpoint holds were aborted"
                            .formatted(why, outcome.aborted().size()));
        }
        if (!outcome.refused().isEmpty()) {
            told.say(
                    "promised-left",
                    job,
                    why
                            + ", and its pre-committed transactions block readers ("
                            + outcome.refused().stream()
                                    .map(JobTransaction::transactionalId)
                                    .collect(Collectors.joining(", "))
                            + "): start the job, or abort them with 'streampane tx abort "
                            + job
                            + " --lose'");
        }
    }
}
