// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Limits the number of concurrent requests. Further requests wait in a queue and leave it when their callers cancel. Thread-safe. */
public final class WaitingBulkhead {

    private static final Logger LOG = Logger.getLogger(WaitingBulkhead.class);

    private final int most;
    private final Queue<Place> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();

    private enum State {
        WAITING,
        OPEN,
        LEFT
    }

    private record Place(UniEmitter<? super Void> turn, AtomicReference<State> state) {}

    /** Allows {@code most} requests at a time. */
    public WaitingBulkhead(int most) {
        this.most = most;
    }

    /** The answer to {@code question}, which is called when a permit is free. */
    public <T> Uni<T> ask(Supplier<Uni<? extends T>> question) {
        return Uni.createFrom().deferred(() -> {
            AtomicReference<State> state = new AtomicReference<>(State.WAITING);
            return Uni.createFrom()
                    .<Void>emitter(turn -> {
                        waiting.add(new Place(turn, state));
                        openNext();
                    })
                    .<T>chain(question)
                    .onTermination()
                    .invoke(() -> leave(state));
        });
    }

    /** Number of waiting requests. */
    public int waiting() {
        return waiting.size();
    }

    /**
     * Called when a request has its answer or is cancelled: frees its permit or its place in the queue. A cancellation that comes while the
     * answer is on its way is a second call, which frees nothing.
     */
    private void leave(AtomicReference<State> state) {
        if (state.getAndSet(State.LEFT) == State.OPEN) {
            open.decrementAndGet();
            openNext();
        } else {
            waiting.removeIf(place -> place.state() == state);
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
            for (Place next = next(); next != null; next = next()) {
                open(next);
            }
        } while (rounds.decrementAndGet() > 0);
    }

    private Place next() {
        return open.get() < most ? waiting.poll() : null;
    }

    private void open(Place place) {
        if (place.state().compareAndSet(State.WAITING, State.OPEN)) {
            open.incrementAndGet();
            try {
                place.turn().complete(null);
            } catch (RuntimeException | Error e) {
                LOG.errorf(e, "A waiting request could not be sent");
            }
        }
    }
}
