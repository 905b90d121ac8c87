// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import io.smallrye.mutiny.Uni;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** Lets a few questions be open at a time; the others wait in line, and leave it when nobody waits for them any more. Safe for use by several threads. */
final class Line {

    private final int most;
    private final Set<Place> waiting = new LinkedHashSet<>();
    private int open;

    Line(int most) {
        this.most = most;
    }

    /** The answer to {@code question}, which is asked when it is its turn. */
    <T> Uni<T> ask(Supplier<Uni<? extends T>> question) {
        return Uni.createFrom()
                .deferred(
                        () -> {
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

    private final class Place {
        private Runnable turn;
        private boolean isOpen;
        private boolean left;

        private void enter(Runnable itsTurn) {
            synchronized (Line.this) {
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
            synchronized (Line.this) {
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
                next.turn.run();
            }
        }
    }
}
