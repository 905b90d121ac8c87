// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bound;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FewAtATimeTest {

    @Test
    void shouldRefuseOneMoreUntilOneHasEnded() {
        try (FewAtATime few = few(2)) {
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
            CompletableFuture<String> first =
                    few.run(access(1), waits).subscribeAsCompletionStage();
            CompletableFuture<String> second =
                    few.run(access(2), waits).subscribeAsCompletionStage();
            // When
            second.cancel(true);
            // Then: it goes on, though nobody waits for it
            assertThatThrownBy(() -> few.run(access(3), waits))
                    .isInstanceOf(ProblemException.class);
            end.countDown();
            assertThat(first).succeedsWithin(java.time.Duration.ofSeconds(30)).isEqualTo("test");
            await().ignoreExceptionsInstanceOf(ProblemException.class)
                    .until(() -> result(few.run(access(3), () -> "next")).equals("next"));
        }
    }

    @Test
    void shouldGiveTheRoomBackAfterAFailure() {
        try (FewAtATime few = few(1)) {
            for (int i = 0; i < 3; i++) {
                Uni<String> failing =
                        await().ignoreExceptionsInstanceOf(ProblemException.class)
                                .until(
                                        () ->
                                                few.<String>run(
                                                        access(1),
                                                        () -> {
                                                            throw new IllegalStateException("no");
                                                        }),
                                        Objects::nonNull);
                assertThatThrownBy(() -> result(failing)).hasMessage("no");
            }
        }
    }

    private static FewAtATime few(int most) {
        return new FewAtATime(
                most,
                new Bound(most, ProblemType.TOO_MANY_EXPLANATIONS, "explanations", Duration.ZERO),
                "test");
    }

    private static Access access(int number) {
        return Access.unrestricted("10.0.0." + number);
    }

    private static String result(Uni<String> work) {
        return work.await().indefinitely();
    }
}
