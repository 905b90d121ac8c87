// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * How many pieces of costly work of a kind run at once, and how many of them for one principal: half, so that nobody takes all. One more is
 * refused with a 503 at once. Safe for use by several threads.
 */
public final class Bound {

    /** The right to run; closed once, or again without effect, when the work has ended. */
    public interface Place extends AutoCloseable {

        @Override
        void close();
    }

    private final int most;
    private final int share;
    private final ProblemType type;
    private final String what;
    private final Duration retryAfter;
    private final Map<String, Integer> taken = new HashMap<>();
    private int free;

    /**
     * A bound whose places are all free.
     *
     * @param what the work, in the plural
     */
    public Bound(int most, ProblemType type, String what, Duration retryAfter) {
        this.most = most;
        this.share = Math.max(1, most / 2);
        this.type = type;
        this.what = what;
        this.retryAfter = retryAfter;
        this.free = most;
    }

    /**
     * Takes a place.
     *
     * @throws ProblemException 503 when none is free, or the caller has its share
     */
    public Place take(Access access) {
        String name = access.name();
        synchronized (this) {
            if (free == 0) {
                throw refused("As many " + what + " run as may at a time: " + most);
            }
            if (taken.getOrDefault(name, 0) >= share) {
                throw refused("As many " + what + " of this principal run as may: " + share);
            }
            free--;
            taken.merge(name, 1, Integer::sum);
        }
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                release(name);
            }
        };
    }

    /** What {@code work} answers, which has a place until then. */
    public <T> Uni<T> run(Access access, Supplier<Uni<? extends T>> work) {
        return Uni.createFrom().deferred(() -> {
            Place place = take(access);
            return Uni.createFrom().deferred(work).onTermination().invoke(place::close);
        });
    }

    /** Places that nobody has. */
    public synchronized int free() {
        return free;
    }

    private synchronized void release(String name) {
        free++;
        taken.computeIfPresent(name, (of, n) -> n == 1 ? null : n - 1);
    }

    private ProblemException refused(String detail) {
        return new ProblemException(Problem.unavailable(type, detail, retryAfter));
    }
}
