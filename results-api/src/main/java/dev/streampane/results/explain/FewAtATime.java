// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bound;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Runs long pieces of work, each on a thread of its own. Work goes on to its end though its asker has gone, and has its place until then. */
final class FewAtATime implements AutoCloseable {

    private final Bound bound;
    private final ExecutorService threads;

    FewAtATime(int most, Bound bound, String name) {
        this.bound = bound;
        this.threads =
                Executors.newFixedThreadPool(
                        most,
                        task -> {
                            Thread thread = new Thread(task, name);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * What {@code work} gives, later and on another thread.
     *
     * @throws dev.streampane.results.problem.ProblemException 503 when there is no room for it
     */
    <T> Uni<T> run(Access access, Supplier<T> work) {
        Bound.Place place = bound.take(access);
        return Uni.createFrom()
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
                                                place.close();
                                            }
                                        });
                            } catch (RejectedExecutionException e) {
                                place.close();
                                emitter.fail(e);
                            }
                        });
    }

    /** Interrupts what is running. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
