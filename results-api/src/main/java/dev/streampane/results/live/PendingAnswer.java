// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.function.Consumer;

/** The answer that a stream's stage waits for. Used on the stream's event loop; answers may come from any thread. */
final class PendingAnswer {

    private final EventLoopStreams loop;
    private final Consumer<Throwable> failed;
    private Cancellable subscription = () -> {};

    /** Number of the newest question; what answers an older one is dropped. */
    private int newest;

    /** Gives {@code failed} what could not be answered, and what failed in taking an answer. */
    PendingAnswer(EventLoopStreams loop, Consumer<Throwable> failed) {
        this.loop = loop;
        this.failed = failed;
    }

    /** Gives {@code taker} the answer on the event loop, unless it was forgotten by then. */
    <T> void await(Uni<T> answer, Consumer<T> taker) {
        int number = ++newest;
        subscription = answer.subscribe()
                .with(
                        item -> ifNewest(number, () -> taker.accept(item)),
                        failure -> ifNewest(number, () -> failed.accept(failure)));
    }

    /** Cancels the question, if it is still open. */
    void forget() {
        newest++;
        subscription.cancel();
    }

    private void ifNewest(int number, Runnable then) {
        loop.execute(() -> {
            if (number != newest) {
                return;
            }
            try {
                then.run();
            } catch (RuntimeException | Error e) {
                failed.accept(e);
            }
        });
    }
}
