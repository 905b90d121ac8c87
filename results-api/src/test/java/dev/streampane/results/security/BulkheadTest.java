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

class BulkheadTest {

    private final Access one = Access.unrestricted("10.0.0.1");
    private final Access other = Access.unrestricted("10.0.0.2");
    private final Bulkhead bulkhead = new Bulkhead(2, ProblemType.TOO_MANY_QUERIES, "questions", Duration.ofSeconds(5));

    @Test
    void shouldRefuseOneMoreUntilOneHasEnded() {
        // Given
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        bulkhead.run(one, () -> Uni.createFrom().completionStage(first)).subscribeAsCompletionStage();
        Cancellable waiting = bulkhead.run(other, () -> Uni.createFrom().completionStage(second))
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
        assertThat(bulkhead.available()).isEqualTo(2);
    }

    @Test
    void shouldReleaseThePermitAfterAFailure() {
        assertThatThrownBy(() -> answer(() -> {
                    throw new IllegalStateException("cannot ask");
                }))
                .hasMessage("cannot ask");
        assertThatThrownBy(() -> answer(() -> Uni.createFrom().failure(new IllegalStateException("no"))))
                .hasMessage("no");
        assertThat(bulkhead.available()).isEqualTo(2);
    }

    @Test
    void shouldLeaveAPermitForOthers() {
        bulkhead.acquire(one);
        assertThatThrownBy(() -> bulkhead.acquire(one)).isInstanceOf(ProblemException.class);
        bulkhead.acquire(other).close();
        assertThat(bulkhead.available()).isEqualTo(1);
    }

    @Test
    void shouldReleaseAPermitOnceHoweverOftenItIsClosed() {
        // Given
        Bulkhead.Permit permit = bulkhead.acquire(one);
        // When
        permit.close();
        permit.close();
        // Then
        assertThat(bulkhead.available()).isEqualTo(2);
    }

    private String answer(Supplier<Uni<? extends String>> query) {
        return bulkhead.run(one, query).await().indefinitely();
    }
}
