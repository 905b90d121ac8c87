// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * How many queries of the costly kinds run at once: pages of windows ({@code results.query.max-pages}), and what goes through many of them
 * ({@code results.query.max-scans}), which are lists of keys and roll-ups, and as many answers in lines. One more is refused with a 503 at once.
 */
@ApplicationScoped
class Running {

    private final Bound pages;
    private final Bound scans;
    private final Bound lines;

    Running(ResultsConfig config) {
        Duration retryAfter = config.query().retryAfter();
        this.pages = new Bound(config.query().maxPages(), "pages of windows", retryAfter);
        this.scans = new Bound(config.query().maxScans(), "lists of keys and roll-ups", retryAfter);
        this.lines = new Bound(config.query().maxScans(), "answers in lines", retryAfter);
    }

    Bound pages() {
        return pages;
    }

    Bound scans() {
        return scans;
    }

    /** Of their own: they take as long as their clients read. */
    Bound lines() {
        return lines;
    }

    /** The right to run; closed once, or again without effect, when the query has ended. */
    interface Place extends AutoCloseable {

        @Override
        void close();
    }

    /** How many of a kind run at once. */
    static final class Bound {

        private final int most;
        private final String what;
        private final Duration retryAfter;
        private final Semaphore free;

        Bound(int most, String what, Duration retryAfter) {
            this.most = most;
            this.what = what;
            this.retryAfter = retryAfter;
            this.free = new Semaphore(most);
        }

        /**
         * Takes a place.
         *
         * @throws ProblemException 503 when none is free
         */
        Place take() {
            if (!free.tryAcquire()) {
                throw new ProblemException(
                        Problem.unavailable(
                                ProblemType.TOO_MANY_QUERIES,
                                "As many " + what + " are being read as may be at a time: " + most,
                                retryAfter));
            }
            AtomicBoolean closed = new AtomicBoolean();
            return () -> {
                if (closed.compareAndSet(false, true)) {
                    free.release();
                }
            };
        }

        /** What {@code query} answers, which has a place until then. */
        <T> Uni<T> run(Supplier<Uni<? extends T>> query) {
            return Uni.createFrom()
                    .deferred(
                            () -> {
                                Place place = take();
                                return Uni.createFrom()
                                        .deferred(query)
                                        .onTermination()
                                        .invoke(place::close);
                            });
        }

        int free() {
            return free.availablePermits();
        }
    }
}
