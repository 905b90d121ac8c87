// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import dev.streampane.pipeline.job.BackOff;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.flink.runtime.checkpoint.CheckpointCoordinator;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.apache.flink.runtime.checkpoint.CompletedCheckpoint;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.apache.flink.util.ExceptionUtils;

/**
 * Runs in the JobManager. Triggers a checkpoint when a subtask has written output, one checkpoint at a time and with a pause after each.
 * Subtasks that write before the same barrier share a checkpoint. A failed checkpoint is triggered again after increasing delays. If an
 * event is lost with its task, the output waits for the next periodic checkpoint.
 */
final class CommitCoordinator implements OperatorCoordinator {

    /** Delay while no checkpoint is possible, as during a restart. */
    private static final Duration NOT_STARTED = Duration.ofMillis(200);

    private static final Set<CheckpointFailureReason> NO_FAILURES = EnumSet.of(
            CheckpointFailureReason.NOT_ALL_REQUIRED_TASKS_RUNNING,
            CheckpointFailureReason.TOO_MANY_CHECKPOINT_REQUESTS,
            CheckpointFailureReason.MINIMUM_TIME_BETWEEN_CHECKPOINTS);

    /** Delays after failed checkpoints: a job tolerates a limited number in a row. */
    private static final BackOff FAILED = new BackOff(Duration.ofMillis(400), Duration.ofSeconds(5));

    /** Maximum pause while there is always new output, as when a job reads a backlog. */
    private static final Duration CONTINUOUS = Duration.ofMillis(500);

    /**
     * A subtask has written output.
     *
     * @param after the subtask's last checkpoint before the output
     */
    record OutputWritten(long after) implements OperatorEvent {}

    private final Supplier<CheckpointCoordinator> checkpoints;
    private final Duration pause;
    private Duration current;
    private long needed;
    private long completed;
    private int failures;
    private boolean waiting;
    private boolean closed;

    /**
     * @param checkpoints the job's checkpoint coordinator; null before the job starts, and in a batch
     * @param pause from the end of a checkpoint to the next trigger; doubled each time that output is waiting at its end
     */
    CommitCoordinator(Supplier<CheckpointCoordinator> checkpoints, Duration pause) {
        this.checkpoints = checkpoints;
        this.pause = pause;
        this.current = pause;
    }

    @Override
    public void start() {}

    @Override
    public synchronized void close() {
        closed = true;
    }

    @Override
    public void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        need(((OutputWritten) event).after() + 1);
        trigger();
    }

    private synchronized void need(long checkpoint) {
        needed = Math.max(needed, checkpoint);
    }

    /** Whether the caller has to trigger a checkpoint now; if so, this object triggers no other one until the pause after it has ended. */
    private synchronized boolean take() {
        if (closed || waiting || needed <= completed) {
            return false;
        }
        waiting = true;
        return true;
    }

    private synchronized void giveBack() {
        waiting = false;
    }

    private synchronized void endPause() {
        waiting = false;
        if (needed <= completed) {
            current = pause;
        } else if (current.compareTo(CONTINUOUS) < 0) {
            Duration twice = current.multipliedBy(2);
            current = twice.compareTo(CONTINUOUS) < 0 ? twice : CONTINUOUS;
        }
    }

    private void trigger() {
        CheckpointCoordinator coordinator = checkpoints.get();
        if (coordinator == null || !coordinator.isPeriodicCheckpointingConfigured() || !take()) {
            return;
        }
        if (!coordinator.isPeriodicCheckpointingStarted()) {
            later(NOT_STARTED);
            return;
        }
        try {
            coordinator.triggerCheckpoint(true).whenComplete((checkpoint, failure) -> ended(checkpoint, failure));
        } catch (RejectedExecutionException shutDown) {
            giveBack();
        }
    }

    private synchronized void ended(CompletedCheckpoint checkpoint, Throwable failure) {
        if (failure == null) {
            notifyCheckpointComplete(checkpoint.getCheckpointID());
            later(current);
        } else {
            later(isFailure(failure) ? Duration.ofMillis(FAILED.millis(++failures)) : NOT_STARTED);
        }
    }

    private static boolean isFailure(Throwable failure) {
        return ExceptionUtils.findThrowable(failure, CheckpointException.class)
                .filter(known -> NO_FAILURES.contains(known.getCheckpointFailureReason()))
                .isEmpty();
    }

    private void later(Duration delay) {
        Executor then = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
        then.execute(() -> {
            endPause();
            trigger();
        });
    }

    @Override
    public synchronized void notifyCheckpointComplete(long checkpoint) {
        completed = Math.max(completed, checkpoint);
        failures = 0;
    }

    @Override
    public void checkpointCoordinator(long checkpoint, CompletableFuture<byte[]> state) {
        state.complete(new byte[0]);
    }

    @Override
    public synchronized void resetToCheckpoint(long checkpoint, byte[] state) {
        failures = 0;
    }

    @Override
    public void subtaskReset(int subtask, long checkpoint) {}

    @Override
    public void executionAttemptFailed(int subtask, int attempt, Throwable reason) {}

    @Override
    public void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {}
}
