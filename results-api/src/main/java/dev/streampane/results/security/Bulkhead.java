// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Limits how many costly tasks of one kind run at once, and how many of them for one principal: half, so that no principal takes all permits. A task
 * above a limit is rejected at once with 503. Thread-safe.
 */
public final class Bulkhead {

    /** The right to run; to be closed when the work has ended. Closing it again has no effect. */
    public interface Permit extends AutoCloseable {

        @Override
        void close();
    }

    private final int most;
    private final int share;
    private final ProblemType type;
    private final String what;
    private final Duration retryAfter;
    private final Map<String, Integer> taken = new HashMap<>();
    private int available;

    /** @param what the work, in the plural, for messages */
    public Bulkhead(int most, ProblemType type, String what, Duration retryAfter) {
        this.most = most;
        this.share = Math.max(1, most / 2);
        this.type = type;
        this.what = what;
        this.retryAfter = retryAfter;
        this.available = most;
    }

    /**
     * Acquires a permit.
     *
     * @throws ProblemException 503 when none is available, or the principal holds its share
     */
    public Permit acquire(Access access) {
        String name = access.name();
        synchronized (this) {
            if (available == 0) {
                throw rejected("The limit of concurrent " + what + " is reached: " + most);
            }
            if (taken.getOrDefault(name, 0) >= share) {
                throw rejected("The limit of concurrent " + what + " of this principal is reached: " + share);
            }
            available--;
            taken.merge(name, 1, Integer::sum);
        }
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                release(name);
            }
        };
    }

    /** The result of {@code work}, which holds a permit until it terminates. */
    public <T> Uni<T> run(Access access, Supplier<Uni<? extends T>> work) {
        return Uni.createFrom().deferred(() -> {
            Permit permit = acquire(access);
            return Uni.createFrom().deferred(work).onTermination().invoke(permit::close);
        });
    }

    /** Available permits. */
    public synchronized int available() {
        return available;
    }

    private synchronized void release(String name) {
        available++;
        taken.computeIfPresent(name, (of, n) -> n == 1 ? null : n - 1);
    }

    private ProblemException rejected(String detail) {
        return ProblemException.unavailable(type, detail, retryAfter);
    }
}
