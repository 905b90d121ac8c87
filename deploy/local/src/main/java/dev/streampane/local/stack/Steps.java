// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.Progress;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.ServerException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Steps that run at the same time; the beginning and the end of each are shown. */
final class Steps {

    private final Progress progress;
    private final ExecutorService threads = Executors.newCachedThreadPool(Steps::daemon);

    Steps(Progress progress) {
        this.progress = progress;
    }

    /** A step that depends on no other. */
    CompletableFuture<Void> step(String name, Supplier<String> work) {
        return after(CompletableFuture.completedFuture(null), name, work);
    }

    /** A step that starts after {@code before}; the result of {@code work} is shown at its end. */
    CompletableFuture<Void> after(CompletableFuture<Void> before, String name, Supplier<String> work) {
        return silently(before, () -> progress.step(name, work));
    }

    /** A step that is not shown. */
    CompletableFuture<Void> silently(CompletableFuture<Void> before, Runnable work) {
        return before.thenRunAsync(work, threads);
    }

    /**
     * Waits for a step.
     *
     * @throws StackException when it has failed for a known reason
     */
    static void await(CompletableFuture<?> step) {
        try {
            step.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StackException known) {
                throw known;
            }
            if (e.getCause() instanceof ServerException server) {
                throw StackException.startFailed(server.getMessage(), server);
            }
            throw e;
        }
    }

    static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "stack");
        thread.setDaemon(true);
        return thread;
    }
}
