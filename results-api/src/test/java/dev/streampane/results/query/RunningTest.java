// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RunningTest {

    private final Running.Bound bound = new Running.Bound(2, "questions", Duration.ofSeconds(5));

    @Test
    void shouldRefuseOneMoreUntilOneHasEnded() {
        // Given
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        bound.run(() -> Uni.createFrom().completionStage(first)).subscribeAsCompletionStage();
        Cancellable waiting =
                bound.run(() -> Uni.createFrom().completionStage(second))
                        .subscribe()
                        .with(answer -> {});
        // Then
        assertThatThrownBy(() -> answer(() -> Uni.createFrom().item("third")))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> {
                            assertThat(e.problem().type()).isEqualTo(ProblemType.TOO_MANY_QUERIES);
                            assertThat(e.problem().headers()).containsEntry("Retry-After", "5");
                        });
        // When: one has its answer
        first.complete("first");
        // Then
        assertThat(answer(() -> Uni.createFrom().item("fourth"))).isEqualTo("fourth");
        // When: whoever asked the other has gone
        waiting.cancel();
        // Then
        assertThat(bound.free()).isEqualTo(2);
    }

    @Test
    void shouldGiveThePlaceBackAfterAFailure() {
        assertThatThrownBy(
                        () ->
                                answer(
                                        () -> {
                                            throw new IllegalStateException("cannot ask");
                                        }))
                .hasMessage("cannot ask");
        assertThatThrownBy(
                        () ->
                                answer(
                                        () ->
                                                Uni.createFrom()
                                                        .failure(new IllegalStateException("no"))))
                .hasMessage("no");
        assertThat(bound.free()).isEqualTo(2);
    }

    @Test
    void shouldGiveAPlaceBackOnceHoweverOftenItIsClosed() {
        // Given
        Running.Place place = bound.take();
        // When
        place.close();
        place.close();
        // Then
        assertThat(bound.free()).isEqualTo(2);
    }

    private String answer(Supplier<Uni<? extends String>> query) {
        return bound.run(query).await().indefinitely();
    }
}
