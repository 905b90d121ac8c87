// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FewAtATimeTest {

    @Test
    void shouldRefuseOneMoreUntilOneHasEnded() {
        try (FewAtATime few = new FewAtATime(2, "test")) {
            // Given
            CountDownLatch end = new CountDownLatch(1);
            Supplier<String> waits =
                    () -> {
                        try {
                            end.await();
                            return Thread.currentThread().getName();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    };
            CompletableFuture<String> first = started(few.run(waits));
            CompletableFuture<String> second = started(few.run(waits));
            // When
            second.cancel(true);
            // Then: it goes on, though nobody waits for it
            assertThat(few.run(waits)).isEmpty();
            end.countDown();
            assertThat(first).succeedsWithin(java.time.Duration.ofSeconds(30)).isEqualTo("test");
            await().until(() -> few.run(() -> "next").map(FewAtATimeTest::result).isPresent());
        }
    }

    @Test
    void shouldGiveTheRoomBackAfterAFailure() {
        try (FewAtATime few = new FewAtATime(1, "test")) {
            for (int i = 0; i < 3; i++) {
                Optional<Uni<String>> failing =
                        await().until(
                                        () ->
                                                few.<String>run(
                                                        () -> {
                                                            throw new IllegalStateException("no");
                                                        }),
                                        Optional::isPresent);
                assertThatThrownBy(() -> result(failing.orElseThrow())).hasMessage("no");
            }
        }
    }

    private static CompletableFuture<String> started(Optional<Uni<String>> work) {
        return work.orElseThrow().subscribeAsCompletionStage();
    }

    private static String result(Uni<String> work) {
        return work.await().indefinitely();
    }
}
