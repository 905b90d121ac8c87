// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;

/**
 * Brings what happens elsewhere back to the task's thread, so that a writer's state needs no lock.
 *
 * @param fatal fails the task
 */
record TaskThread(MailboxExecutor mailbox, ProcessingTimeService timers, Consumer<Exception> fatal) {

    /** Goes on with the value once it is there; a future that fails, fails the task. */
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

    /** Does one thing that waits to be done here, and waits for it if there is none. */
    void yield() throws InterruptedException {
        mailbox.yield();
    }
}
