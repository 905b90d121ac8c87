// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.RunningStack;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One job as its supervisor knows it. Who starts, stops or submits it holds {@link #lock}; what is volatile may be read
 * without it.
 */
final class SupervisedJob {

    final String name;
    final ReentrantLock lock = new ReentrantLock();

    /** How it was started last; null before that is decided. */
    volatile JobPlan plan;

    /** Flink's id of the jar that it was submitted from; empty when it is to be the newest. */
    String jar = "";

    /** Flink's id of the newest submission; empty when the job is to be submitted. */
    volatile String id = "";

    /** A submission that Flink has not answered: it may run, or come to run. Null when there is none. */
    volatile Submission unanswered;

    /** Whether Flink was asked to stop it with a savepoint, which ends it as soon as that is complete. */
    boolean stopping;

    /** Whether it is to run; not after a command has stopped it. */
    volatile boolean wanted = true;

    /** Options that commands have asked for; they stay until another command changes them. */
    Map<String, String> asked = Map.of();

    /** Whether it has ended in a way that another submission does not mend. */
    boolean givenUp;

    /** Submissions in a row that came to nothing, or whose job did not run for long. */
    int failures;

    /** When it is to be submitted, or was. */
    long submitAt;

    volatile long lastRan;
    volatile CompletableFuture<Void> aborting = CompletableFuture.completedFuture(null);

    SupervisedJob(String name, long now) {
        this.name = name;
        this.submitAt = now;
        this.lastRan = now;
    }

    /** What was asked of Flink. */
    record Submission(String id, JobPlan plan) {}

    /** Flink runs it under this id. */
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
