// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Answers that several want at once are asked for once, and no longer when all who wanted one have gone. Safe for use by several threads.
 *
 * @param <K> what is asked
 * @param <T> its answer
 */
final class Shared<K, T> {

    private final Map<K, Asking> asking = new HashMap<>();

    /** The answer to {@code key}, which {@code question} is asked for unless somebody has asked it before and waits. */
    Uni<T> ask(K key, Supplier<Uni<T>> question) {
        return Uni.createFrom().emitter(emitter -> {
            Asking shared;
            boolean first;
            synchronized (asking) {
                first = !asking.containsKey(key);
                shared = asking.computeIfAbsent(key, Asking::new);
                shared.askers.add(emitter);
            }
            emitter.onTermination(() -> shared.leave(emitter));
            if (first) {
                shared.begin(question);
            }
        });
    }

    private final class Asking {
        private final K key;
        private final Set<UniEmitter<? super T>> askers = new LinkedHashSet<>();
        private Cancellable answer = () -> {};
        private boolean over;

        private Asking(K key) {
            this.key = key;
        }

        private void begin(Supplier<Uni<T>> question) {
            Cancellable begun = Uni.createFrom()
                    .deferred(question::get)
                    .subscribe()
                    .with(item -> end(asker -> asker.complete(item)), failure -> end(asker -> asker.fail(failure)));
            boolean unwanted;
            synchronized (asking) {
                answer = begun;
                unwanted = over;
            }
            if (unwanted) {
                begun.cancel();
            }
        }

        private void end(Consumer<UniEmitter<? super T>> teller) {
            List<UniEmitter<? super T>> told;
            synchronized (asking) {
                told = List.copyOf(askers);
                askers.clear();
                forget();
            }
            told.forEach(teller);
        }

        private void leave(UniEmitter<? super T> asker) {
            Cancellable unwanted = () -> {};
            synchronized (asking) {
                if (askers.remove(asker) && askers.isEmpty()) {
                    forget();
                    unwanted = answer;
                }
            }
            unwanted.cancel();
        }

        private void forget() {
            over = true;
            asking.remove(key, this);
        }
    }
}
