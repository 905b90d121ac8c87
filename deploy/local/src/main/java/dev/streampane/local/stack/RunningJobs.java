// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.Progress;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.server.FlinkRest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The stack's jobs on its Flink cluster. Submits them, and submits a job again when it has failed or the JobManager has forgotten it,
 * always from the newest completed state of its generation. A job that has failed because results are lost is not submitted again: the
 * reason is reported instead. {@link #watch} leaves a job alone while a command works on it.
 */
final class RunningJobs {

    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    /** How long a job must run before its next failure counts as its first. */
    private static final Duration SETTLED_AFTER = Duration.ofMinutes(1);

    /** Timeout of a request to Flink while all jobs are stopped. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

    private final StackSettings settings;
    private final FlinkRest flink;
    private final JobContext context;
    private final Progress progress;
    private final List<SupervisedJob> jobs = new CopyOnWriteArrayList<>();
    private final Submissions submissions;
    private final OrphanedTransactions orphans;

    RunningJobs(StackSettings settings, FlinkRest flink, JobContext context, Progress progress) {
        this.settings = settings;
        this.flink = flink;
        this.context = context;
        this.progress = progress;
        this.submissions = new Submissions(flink, context);
        this.orphans = new OrphanedTransactions(context, progress);
        settings.jobs().forEach(job -> jobs.add(new SupervisedJob(job, context.nanoTime())));
    }

    /** Returns what executes commands on these jobs. */
    JobCommands commands(JobCommands.Planner planner) {
        return new JobCommands(settings, flink, context, jobs, submissions, orphans, planner);
    }

    /** Uploads the jar to a JobManager that does not have it yet. */
    void upload() {
        submissions.upload("");
    }

    /** Plans how each job is to be started: {@code planner} is {@link JobPlan#of} in a stack. */
    void plan(Function<String, JobPlan> planner) {
        jobs.forEach(job -> job.plan = planner.apply(job.name));
    }

    /**
     * Submits a planned job and waits until all of its tasks run.
     *
     * @return what it starts from, as a text for the user
     */
    String start(String name) {
        SupervisedJob job =
                jobs.stream().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
        job.lock.lock();
        try {
            submissions.start(job);
            return job.plan.origin();
        } finally {
            job.lock.unlock();
        }
    }

    /** Forgets the ids of the jobs, because a new JobManager does not know them. */
    void forget() {
        jobs.forEach(job -> {
            job.unanswered = null;
            job.id = "";
        });
    }

    /**
     * Submits the jobs that are to run and do not, and aborts transactions that nobody will commit. Each job has a thread of its own: the
     * result is complete when all of these threads are done.
     */
    CompletableFuture<Void> watch() {
        Optional<List<FlinkRest.Job>> all = jobsOfTheCluster();
        return each(jobs.stream(), job -> watch(job, all));
    }

    /**
     * The jobs of the cluster; empty when Flink does not answer. Slots are not checked: a job that is submitted before there are any waits
     * for them in Flink, with its main method done.
     */
    private Optional<List<FlinkRest.Job>> jobsOfTheCluster() {
        try {
            List<FlinkRest.Job> all = flink.jobs();
            // by name: when the answer to a submission was lost, its id is not known here
            jobs.stream()
                    .filter(job -> all.stream().anyMatch(one -> one.name().equals(job.name) && one.runningTasks() > 0))
                    .forEach(job -> job.lastRan = context.nanoTime());
            return Optional.of(all);
        } catch (IOException noAnswer) {
            if (context.taskManagerLives()) {
                jobs.forEach(job -> job.lastRan = context.nanoTime());
            }
            return Optional.empty();
        }
    }

    /** Runs {@code work} for each job in a thread of its own, so that no job waits for an answer that concerns another. */
    private static CompletableFuture<Void> each(Stream<SupervisedJob> jobs, Consumer<SupervisedJob> work) {
        Executor threads = command -> Steps.daemon(command).start();
        return CompletableFuture.allOf(jobs.map(job -> CompletableFuture.runAsync(() -> work.accept(job), threads))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Checks the job, unless a command or an earlier check works on it. */
    private void watch(SupervisedJob job, Optional<List<FlinkRest.Job>> all) {
        if (!job.lock.tryLock()) {
            return;
        }
        try {
            if (all.isPresent()) {
                look(job, all.get());
            }
        } catch (IOException noAnswer) {
            // the next check follows soon
        } finally {
            orphans.apply(job);
            job.lock.unlock();
        }
    }

    private void look(SupervisedJob job, List<FlinkRest.Job> all) throws IOException {
        Optional<FlinkRest.Job> seen =
                all.stream().filter(one -> one.id().equals(job.id)).findFirst();
        boolean settled = context.nanoTime() - job.submitAt >= SETTLED_AFTER.toNanos();
        if (settled && seen.filter(FlinkRest.Job::isUp).isPresent()) {
            job.failures = 0;
        }
        if (!job.wanted) {
            endLate(job, all);
            return;
        }
        if (job.givenUp) {
            return;
        }
        String state = seen.map(FlinkRest.Job::state).orElse("");
        if (job.id.isEmpty()) {
            if (context.nanoTime() - job.submitAt >= 0 && job.aborting.isDone()) {
                resubmit(job);
            }
        } else if (state.equals("FAILED")) {
            failed(job);
        } else if (state.equals("FINISHED") && job.stopping
                || state.isEmpty() && flink.job(job.id).isEmpty()) { // forgotten, and not submitted since
            job.id = "";
            resubmit(job);
        } else if (state.matches("CANCELED|FINISHED")) {
            job.givenUp = true;
            progress.say(
                    "job-ended",
                    job.name,
                    "%s (%s); 'streampane jobs start %s' starts it again"
                            .formatted(
                                    state.equals("CANCELED")
                                            ? "was ended from outside"
                                            : "has come to the end of its input",
                                    state,
                                    job.name));
        }
    }

    /** Cancels a job whose start was given up, but whose submission has reached Flink all the same. */
    private void endLate(SupervisedJob job, List<FlinkRest.Job> all) throws IOException {
        SupervisedJob.Submission late = job.unanswered;
        for (FlinkRest.Job one : all) {
            if (late != null && one.id().equals(late.id())) {
                if (!one.isOver()) {
                    flink.cancel(one.id());
                }
                if (job.unanswered == late) { // unless another one has replaced it
                    job.unanswered = null;
                }
            }
        }
    }

    private void resubmit(SupervisedJob job) {
        try {
            if (submissions.adopt(job)) {
                if (!job.id.isEmpty()) {
                    progress.say("adopted", job.name, "runs already, " + job.plan.origin());
                }
                return;
            }
            job.plan = JobPlan.again(job.plan);
            submissions.submit(job);
            progress.say("resubmit", job.name, "submitted again, " + job.plan.origin());
        } catch (IOException | RuntimeException e) {
            retryLater(job, "cannot be submitted: " + Failures.firstLine(e.getMessage()));
        }
    }

    private void failed(SupervisedJob job) throws IOException {
        Optional<String> end = flink.endOf(job.id);
        if (end.isEmpty()) {
            return;
        }
        String reason = Failures.reason(job.name, end.get());
        if (Failures.isKnownLoss(end.get())) {
            job.givenUp = true;
            progress.say("job-lost", job.name, "has failed and will not be restarted: " + reason);
        } else {
            job.id = "";
            retryLater(job, "has failed: " + reason);
        }
    }

    private void retryLater(SupervisedJob job, String why) {
        Duration delay = Duration.ofSeconds(1L << Math.min(5, job.failures++));
        delay = delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
        job.submitAt = context.nanoTime() + delay.toNanos();
        progress.say("job-failed", job.name, why + "; tried again in " + delay.toSeconds() + " s");
    }

    /** Aborts the orphans of jobs that are not to run here, and reports the transactions that only those jobs may end. */
    void endOrphansOfOthers() {
        orphans.applyToAbsent(StackSettings.JOBS.stream()
                .filter(name -> jobs.stream().noneMatch(job -> job.name.equals(name)))
                .toList());
    }

    /**
     * Stops all jobs at the same time, each with a savepoint.
     *
     * @param deadline of {@link System#nanoTime}; a job that has not stopped by then is left as it is
     */
    void stop(long deadline) {
        FlinkRest shortTimeoutClient = new FlinkRest(flink.url(), STOP_PATIENCE);
        JobStop stops = new JobStop(shortTimeoutClient, System::nanoTime);
        try {
            Set<String> running = shortTimeoutClient.jobs().stream()
                    .filter(one -> one.state().equals("RUNNING"))
                    .map(FlinkRest.Job::id)
                    .collect(Collectors.toSet());
            each(jobs.stream().filter(job -> running.contains(job.id)), job -> stop(job, stops, deadline))
                    .join();
        } catch (IOException e) {
            progress.say(
                    "stop-failed",
                    "",
                    "Flink does not answer, so no job is stopped with a savepoint; the next 'up'"
                            + " continues from the newest checkpoints");
        }
    }

    private void stop(SupervisedJob job, JobStop stops, long deadline) {
        progress.begin("stop " + job.name);
        try {
            String where =
                    stops.savepoint(job, job.stateFolder(settings), deadline).orElse("");
            if (where.isEmpty()) {
                notStopped(job, "did not stop in time");
            } else if (where.startsWith(FlinkRest.NO_SAVEPOINT)) {
                notStopped(job, "cannot be stopped with a savepoint: " + where);
            } else {
                progress.end("stop " + job.name, where.substring(where.lastIndexOf('/') + 1));
            }
        } catch (IOException e) {
            notStopped(job, "cannot be stopped with a savepoint: " + e);
        }
    }

    private void notStopped(SupervisedJob job, String why) {
        progress.fail("stop " + job.name);
        progress.say("stop-failed", job.name, why + "; the next 'up' continues from its newest checkpoint");
    }

    /** The jobs that have been planned. */
    List<RunningStack.Job> submitted() {
        return jobs.stream()
                .filter(job -> job.plan != null)
                .map(SupervisedJob::published)
                .toList();
    }
}
