// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/**
 * Runs what other threads complete in the task's thread, so that a writer's state needs no lock.
 *
 * @param fatal fails the task
 */
record TaskThread(MailboxExecutor mailbox, ProcessingTimeService timers, Consumer<Exception> fatal) {

    /** Runs {@code action} with the value once the future completes; fails the task if the future fails. */
    <V> void continueWith(CompletableFuture<V> future, String what, Consumer<V> action) {
        future.whenComplete((value, failure) -> {
            if (failure == null) {
                mailbox.execute(() -> action.accept(value), what);
            } else {
                fatal.accept(new IllegalStateException(what, failure));
            }
        });
    }

    void after(long millis, Runnable action) {
        timers.registerTimer(now() + millis, time -> action.run());
    }

    long now() {
        return timers.getCurrentProcessingTime();
    }

    /** Runs one action from the mailbox; waits for one if it is empty. */
    void yield() throws InterruptedException {
        mailbox.yield();
    }
}
