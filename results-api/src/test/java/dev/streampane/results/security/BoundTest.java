// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

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

class BoundTest {

    private final Access one = Access.unrestricted("10.0.0.1");
    private final Access other = Access.unrestricted("10.0.0.2");
    private final Bound bound = new Bound(2, ProblemType.TOO_MANY_QUERIES, "questions", Duration.ofSeconds(5));

    @Test
    void shouldRefuseOneMoreUntilOneHasEnded() {
        // Given
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        bound.run(one, () -> Uni.createFrom().completionStage(first)).subscribeAsCompletionStage();
        Cancellable waiting = bound.run(other, () -> Uni.createFrom().completionStage(second))
                .subscribe()
                .with(answer -> {});
        // Then
        assertThatThrownBy(() -> answer(() -> Uni.createFrom().item("third")))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
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
        assertThatThrownBy(() -> answer(() -> {
                    throw new IllegalStateException("cannot ask");
                }))
                .hasMessage("cannot ask");
        assertThatThrownBy(() -> answer(() -> Uni.createFrom().failure(new IllegalStateException("no"))))
                .hasMessage("no");
        assertThat(bound.free()).isEqualTo(2);
    }

    @Test
    void shouldLeaveAPlaceForOthers() {
        bound.take(one);
        assertThatThrownBy(() -> bound.take(one)).isInstanceOf(ProblemException.class);
        bound.take(other).close();
        assertThat(bound.free()).isEqualTo(1);
    }

    @Test
    void shouldGiveAPlaceBackOnceHoweverOftenItIsClosed() {
        // Given
        Bound.Place place = bound.take(one);
        // When
        place.close();
        place.close();
        // Then
        assertThat(bound.free()).isEqualTo(2);
    }

    private String answer(Supplier<Uni<? extends String>> query) {
        return bound.run(one, query).await().indefinitely();
    }
}
