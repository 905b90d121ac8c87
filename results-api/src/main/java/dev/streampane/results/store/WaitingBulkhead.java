// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import io.smallrye.mutiny.Uni;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Limits the number of concurrent requests. Further requests wait in a queue and leave it when their callers cancel. Thread-safe. */
public final class WaitingBulkhead {

    private static final Logger LOG = Logger.getLogger(WaitingBulkhead.class);

    private final int most;
    private final Queue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();

    /** Allows {@code most} requests at a time. */
    public WaitingBulkhead(int most) {
        this.most = most;
    }

    /** The answer to {@code question}, which is called when a permit is free. */
    public <T> Uni<T> ask(Supplier<Uni<? extends T>> question) {
        return Uni.createFrom().deferred(() -> {
            CompletableFuture<Void> turn = new CompletableFuture<>();
            return Uni.createFrom()
                    .<Void>emitter(emitter -> {
                        turn.thenRun(() -> emitter.complete(null)).exceptionally(WaitingBulkhead::notSent);
                        waiting.add(turn);
                        openNext();
                    })
                    .<T>chain(question)
                    .onTermination()
                    .invoke(() -> leave(turn));
        });
    }

    /** Number of waiting requests. */
    public int waiting() {
        return waiting.size();
    }

    /** Called when a request has its answer or is cancelled: frees its place in the queue or, if its turn has come, its permit. */
    private void leave(CompletableFuture<Void> turn) {
        if (turn.cancel(false)) {
            waiting.remove(turn);
        } else {
            open.decrementAndGet();
            openNext();
        }
    }

    /**
     * Opens waiting requests, in one thread at a time and never recursively: a request that is answered at once would otherwise nest the
     * next one in its call.
     */
    private void openNext() {
        if (rounds.getAndIncrement() > 0) {
            return;
        }
        do {
            for (CompletableFuture<Void> next = next(); next != null; next = next()) {
                open.incrementAndGet();
                if (!next.complete(null)) {
                    open.decrementAndGet();
                }
            }
        } while (rounds.decrementAndGet() > 0);
    }

    private CompletableFuture<Void> next() {
        return open.get() < most ? waiting.poll() : null;
    }

    private static Void notSent(Throwable failure) {
        LOG.errorf(failure, "A waiting request could not be sent");
        return null;
    }
}
