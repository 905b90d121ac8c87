// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Coalesces equal requests: while one is pending, later callers share its answer. It is cancelled when all its callers have cancelled.
 * Thread-safe.
 *
 * @param <K> type of the key of a request
 * @param <T> type of the answer
 */
public final class RequestCoalescer<K, T> {

    private final Map<K, PendingRequest> pending = new HashMap<>();

    /** The answer to {@code key}: that of the pending request if there is one, else that of {@code question}. */
    public Uni<T> ask(K key, Supplier<Uni<T>> question) {
        return Uni.createFrom().emitter(emitter -> {
            PendingRequest request;
            boolean first;
            synchronized (pending) {
                first = !pending.containsKey(key);
                request = pending.computeIfAbsent(key, PendingRequest::new);
                request.callers.add(emitter);
            }
            emitter.onTermination(() -> request.leave(emitter));
            if (first) {
                request.begin(question);
            }
        });
    }

    private final class PendingRequest {
        private final K key;
        private final Set<UniEmitter<? super T>> callers = new LinkedHashSet<>();
        private final CompletableFuture<Void> unwanted = new CompletableFuture<>();

        private PendingRequest(K key) {
            this.key = key;
        }

        private void begin(Supplier<Uni<T>> question) {
            Cancellable answer = Uni.createFrom()
                    .deferred(question::get)
                    .subscribe()
                    .with(item -> end(caller -> caller.complete(item)), failure -> end(caller -> caller.fail(failure)));
            unwanted.thenRun(answer::cancel);
        }

        private void end(Consumer<UniEmitter<? super T>> action) {
            List<UniEmitter<? super T>> waiting;
            synchronized (pending) {
                waiting = List.copyOf(callers);
                callers.clear();
                pending.remove(key, this);
            }
            waiting.forEach(action);
        }

        private void leave(UniEmitter<? super T> caller) {
            boolean last;
            synchronized (pending) {
                last = callers.remove(caller) && callers.isEmpty() && pending.remove(key, this);
            }
            if (last) {
                unwanted.complete(null);
            }
        }
    }
}
