// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Runs long pieces of work, each on a thread of its own, and refuses one more at once. Work goes on to its end though its asker has gone, and counts until then. */
final class FewAtATime implements AutoCloseable {

    private final Semaphore free;
    private final ExecutorService threads;

    FewAtATime(int most, String name) {
        this.free = new Semaphore(most);
        this.threads =
                Executors.newFixedThreadPool(
                        most,
                        task -> {
                            Thread thread = new Thread(task, name);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /** What {@code work} gives, later and on another thread; nothing when there is no room for it. */
    <T> Optional<Uni<T>> run(Supplier<T> work) {
        if (!free.tryAcquire()) {
            return Optional.empty();
        }
        return Optional.of(
                Uni.createFrom()
                        .emitter(
                                emitter -> {
                                    try {
                                        threads.execute(
                                                () -> {
                                                    try {
                                                        emitter.complete(work.get());
                                                    } catch (RuntimeException | Error e) {
                                                        emitter.fail(e);
                                                    } finally {
                                                        free.release();
                                                    }
                                                });
                                    } catch (RejectedExecutionException e) {
                                        free.release();
                                        emitter.fail(e);
                                    }
                                }));
    }

    /** Interrupts what is running. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
