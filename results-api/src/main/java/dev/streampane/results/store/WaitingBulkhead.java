// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import io.smallrye.mutiny.Uni;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Lets a few questions be open at a time; the others wait in line, and leave it when nobody waits for them any more. Safe for use by several threads. */
public final class WaitingBulkhead {

    private static final Logger LOG = Logger.getLogger(WaitingBulkhead.class);

    private final int most;
    private final Set<Place> waiting = new LinkedHashSet<>();
    private final Queue<Runnable> turns = new ConcurrentLinkedQueue<>();
    private final AtomicInteger turnsLeft = new AtomicInteger();
    private int open;

    /** A line of which {@code most} are open at a time. */
    public WaitingBulkhead(int most) {
        this.most = most;
    }

    /** The answer to {@code question}, which is asked when it is its turn. */
    public <T> Uni<T> ask(Supplier<Uni<? extends T>> question) {
        return Uni.createFrom().deferred(() -> {
            Place place = new Place();
            return Uni.createFrom()
                    .<Void>emitter(turn -> place.enter(() -> turn.complete(null)))
                    .<T>chain(question)
                    .onTermination()
                    .invoke(place::leave);
        });
    }

    /** Number of questions that wait. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** One behind the other: a question that has its answer at once gives the next one its turn, and would nest in it. */
    private void take(Runnable turn) {
        turns.add(turn);
        if (turnsLeft.getAndIncrement() > 0) {
            return;
        }
        do {
            try {
                turns.remove().run();
            } catch (RuntimeException | Error e) {
                LOG.errorf(e, "A question could not be asked");
            }
        } while (turnsLeft.decrementAndGet() > 0);
    }

    private final class Place {
        private Runnable turn;
        private boolean isOpen;
        private boolean left;

        private void enter(Runnable itsTurn) {
            synchronized (WaitingBulkhead.this) {
                if (left) {
                    return;
                }
                turn = itsTurn;
                if (open == most) {
                    waiting.add(this);
                    return;
                }
                open++;
                isOpen = true;
            }
            turn.run();
        }

        /** Has its answer, or nobody wants it any more. */
        private void leave() {
            Place next = null;
            synchronized (WaitingBulkhead.this) {
                if (left) {
                    return;
                }
                left = true;
                waiting.remove(this);
                if (isOpen && waiting.isEmpty()) {
                    open--;
                } else if (isOpen) {
                    next = waiting.iterator().next();
                    waiting.remove(next);
                    next.isOpen = true;
                }
            }
            if (next != null) {
                take(next.turn);
            }
        }
    }
}
