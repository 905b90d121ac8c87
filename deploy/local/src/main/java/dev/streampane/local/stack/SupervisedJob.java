// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.RunningStack;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** One job as its supervisor knows it. A thread that starts, stops or submits it must hold {@link #lock}; volatile fields may be read without it. */
final class SupervisedJob {

    final String name;
    final ReentrantLock lock = new ReentrantLock();

    /** How the job was started last, or is to be started; null before that is decided. */
    volatile JobPlan plan;

    /** Flink's id of the jar that the job was submitted from; empty when it is to be the newest. */
    String jar = "";

    /** Flink's id of the newest submission; empty when the job is to be submitted. */
    volatile String id = "";

    /** A submission that Flink has not answered: its job may run, or may still start. Null when there is none. */
    volatile Submission unanswered;

    /** Whether Flink was asked to stop the job with a savepoint; the job ends as soon as the savepoint is complete. */
    boolean stopping;

    /** Whether the job is to run; false after a command has stopped it. */
    volatile boolean wanted = true;

    /** Options that commands have asked for; they stay until another command changes them. */
    Map<String, String> asked = Map.of();

    /**
     * Whether the job has ended and only a command starts it again: it was ended from outside, has come to the end of its input, or has
     * lost results.
     */
    boolean givenUp;

    /** Number of consecutive submissions that failed, or whose job did not run for long. */
    int failures;

    /** When the job is to be submitted, or was, by {@link Submitter#nanoTime}. */
    long submitAt;

    volatile long lastRan;
    volatile CompletableFuture<Void> aborting = CompletableFuture.completedFuture(null);

    SupervisedJob(String name, long now) {
        this.name = name;
        this.submitAt = now;
        this.lastRan = now;
    }

    /** A request to Flink to run a job under an id. */
    record Submission(String id, JobPlan plan) {}

    /** Notes that Flink runs the job under this id; if that is the id of the unanswered submission, its plan becomes the job's. */
    void runsAs(String takenId) {
        Submission submission = unanswered;
        if (submission != null && submission.id().equals(takenId)) {
            plan = submission.plan();
        }
        unanswered = null;
        id = takenId;
    }

    /** Folder of its checkpoints and of the savepoints that belong to its generation. */
    Path stateFolder(StackSettings settings) {
        return settings.stateFolder().resolve(name).resolve(String.valueOf(plan.generation()));
    }

    RunningStack.Job published() {
        return new RunningStack.Job(name, plan.generation(), id, wanted);
    }
}
