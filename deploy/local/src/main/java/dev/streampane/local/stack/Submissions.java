// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackException;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import dev.streampane.local.state.NewestState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Submits planned jobs to Flink: uploads the pipeline's jar and runs it. Different jobs may be submitted by several threads. */
final class Submissions {

    private static final Duration UP_WITHIN = Duration.ofSeconds(60);

    /** Submissions at the same time. More would be done later, not sooner, because the JobManager loads the jar's classes for each. */
    private static final int AT_ONCE = 2;

    private final FlinkRest flink;
    private final Submitter submitter;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private String jar = "";

    /** When the file of {@link #jar} was built. */
    private FileTime built;

    Submissions(FlinkRest flink, Submitter submitter) {
        this.flink = flink;
        this.submitter = submitter;
    }

    /**
     * Returns an uploaded jar: {@code before} if the JobManager still has it, else the jar as it is built now, which is uploaded if
     * necessary.
     *
     * @param before the id of an earlier upload, or empty
     * @return the id of the jar that the JobManager has
     */
    synchronized String upload(String before) {
        try {
            if (!before.isEmpty() && flink.hasJar(before)) {
                return before;
            }
            FileTime now = Files.getLastModifiedTime(submitter.jobJar());
            if (!now.equals(built) || !flink.hasJar(jar)) {
                jar = flink.upload(submitter.jobJar());
                built = now;
            }
            return jar;
        } catch (IOException e) {
            throw StackException.startFailed("Flink does not take the job jar: " + e.getMessage(), e);
        }
    }

    /** Submits the job as planned. */
    void submit(SupervisedJob job) throws IOException {
        submitter.prepare(job.name); // before it takes a place, as the answer may take long
        places.acquireUninterruptibly();
        try {
            submitAsPlanned(job);
        } finally {
            places.release();
        }
    }

    private void submitAsPlanned(SupervisedJob job) throws IOException {
        job.jar = upload(job.jar);
        SupervisedJob.Submission submission = job.unanswered; // RunningJobs.forget may clear it at any time
        if (submission == null) {
            submission = new SupervisedJob.Submission(submitter.jobId(job.plan), job.plan);
            job.unanswered = submission;
        }
        String offered = submission.id();
        String taken;
        try {
            taken = flink.run(
                    job.jar,
                    FlinkRest.MAIN,
                    job.plan.arguments(),
                    job.plan.state().map(NewestState.State::path),
                    job.plan.claims(),
                    offered);
        } catch (Http.StatusException e) {
            if (FlinkRest.isTaken(e)) {
                runsAs(job, offered); // by an earlier submission that was not answered
                return;
            }
            if (!e.getMessage().contains("TimeoutException")) {
                job.unanswered = null;
            }
            throw e;
        }
        job.unanswered = null; // it runs by the plan of now, not by that of an earlier submission
        runsAs(job, taken);
    }

    /** Notes that Flink has accepted the job. */
    private void runsAs(SupervisedJob job, String id) {
        job.runsAs(id);
        job.stopping = false;
        job.submitAt = submitter.nanoTime();
        job.lastRan = submitter.nanoTime();
        if (job.plan.supersedes()) {
            submitter.supersedes(job.name, job.plan.generation());
        }
    }

    /**
     * Takes over a job of this name that Flink runs, such as one whose submission was not answered.
     *
     * @return whether there is one; the job is then not submitted again, or not before that one has ended
     */
    boolean adopt(SupervisedJob job) throws IOException {
        Optional<FlinkRest.Job> active = flink.active(job.name);
        active.filter(seen -> !seen.state().matches("CANCELLING|FAILING")).ifPresent(seen -> runsAs(job, seen.id()));
        return active.isPresent();
    }

    /**
     * Submits the job and waits until all of its tasks run, or it has come to the end of its input.
     *
     * @throws StackException with the reason when it does not run; it may be submitted all the same
     */
    void start(SupervisedJob job) {
        try {
            submit(job);
            awaitUp(job);
        } catch (IOException e) {
            throw Failures.refused(job.name, e);
        }
    }

    /**
     * Waits until all tasks of a submitted job run, or it has come to the end of its input.
     *
     * @throws StackException with the reason when they do not run
     */
    void awaitUp(SupervisedJob job) throws IOException {
        long deadline = System.nanoTime() + UP_WITHIN.toNanos();
        Optional<FlinkRest.Job> seen = flink.job(job.id);
        while (seen.filter(now -> now.isUp() || now.state().equals("FINISHED")).isEmpty()) {
            throwWhenFailed(job, seen);
            if (System.nanoTime() > deadline) {
                throw StackException.startFailed("%s does not run after %d s: %s"
                        .formatted(job.name, UP_WITHIN.toSeconds(), Failures.firstLine(flink.failure(job.id))));
            }
            pause();
            seen = flink.job(job.id);
        }
    }

    private void throwWhenFailed(SupervisedJob job, Optional<FlinkRest.Job> seen) throws IOException {
        if (seen.filter(now -> now.state().equals("FAILED")).isPresent()) {
            Optional<String> end = flink.endOf(job.id);
            if (end.isPresent()) {
                throw StackException.startFailed(job.name + " has failed: " + Failures.reason(job.name, end.get()));
            }
        }
    }

    static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StackException.startFailed("interrupted", e);
        }
    }
}
