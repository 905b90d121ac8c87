// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WaitingBulkheadTest {

    private final WaitingBulkhead queue = new WaitingBulkhead(2);
    private final List<String> asked = new ArrayList<>();
    private final List<String> answered = new ArrayList<>();
    private final List<CompletableFuture<String>> answers = new ArrayList<>();

    @Test
    void shouldAskInTurnAndNotForThoseWhoHaveGone() {
        // Given: two that are open, and three that wait
        ask("a");
        ask("b");
        Cancellable c = ask("c");
        ask("d");
        ask("e");
        assertThat(asked).containsExactly("a", "b");
        assertThat(queue.waiting()).isEqualTo(3);
        // When: one of them goes
        c.cancel();
        // Then
        assertThat(queue.waiting()).isEqualTo(2);
        answers.get(0).complete("A");
        assertThat(asked).containsExactly("a", "b", "d");
        assertThat(answered).containsExactly("A");
    }

    @Test
    void shouldGoOnBehindAQuestionThatFailsOrWhoseAskerGoes() {
        // Given
        ask("a");
        Cancellable b = ask("b");
        ask("c");
        ask("d");
        // When
        answers.get(0).completeExceptionally(new IllegalStateException("no"));
        b.cancel();
        // Then
        assertThat(asked).containsExactly("a", "b", "c", "d");
        // When: one cannot even be asked
        answers.get(2).complete("C");
        answers.get(3).complete("D");
        for (int n = 0; n < 3; n++) {
            queue.<String>ask(() -> {
                        throw new IllegalStateException("cannot ask");
                    })
                    .subscribe()
                    .with(answered::add, failure -> answered.add(failure.getMessage()));
        }
        ask("e");
        // Then
        assertThat(asked).endsWith("e");
        assertThat(answered).containsExactly("no", "C", "D", "cannot ask", "cannot ask", "cannot ask");
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void shouldAskManyWhoseAnswersAreThereAtOnce() {
        // Given
        ask("a");
        ask("b");
        for (int n = 0; n < 20_000; n++) {
            queue.ask(() -> Uni.createFrom().item("at once"))
                    .subscribe()
                    .with(answered::add, failure -> answered.add(failure.toString()));
        }
        // When
        answers.get(0).complete("A");
        // Then
        assertThat(answered).hasSize(20_001).contains("at once").containsOnly("A", "at once");
        assertThat(queue.waiting()).isZero();
    }

    private Cancellable ask(String question) {
        return queue.ask(() -> {
                    asked.add(question);
                    CompletableFuture<String> answer = new CompletableFuture<>();
                    answers.add(answer);
                    return Uni.createFrom().completionStage(answer);
                })
                .subscribe()
                .with(answered::add, failure -> answered.add(failure.getMessage()));
    }
}
