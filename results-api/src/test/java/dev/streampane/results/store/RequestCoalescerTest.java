// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestCoalescerTest {

    private final RequestCoalescer<String, String> shared = new RequestCoalescer<>();
    private final List<UniEmitter<? super String>> questions = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private int cancelled;

    @Test
    void shouldAskOnceForAllWhoWaitAndAgainForTheNext() {
        // Given
        ask("a");
        ask("a");
        ask("b");
        assertThat(questions).hasSize(2);
        // When
        questions.get(0).complete("A");
        // Then
        assertThat(answers).containsExactly("A", "A");
        // When
        ask("a");
        questions.get(2).fail(new IllegalStateException("no"));
        // Then
        assertThat(answers).containsExactly("A", "A", "no");
        ask("a");
        assertThat(questions).hasSize(4);
    }

    @Test
    void shouldAskNoLongerWhenAllHaveGone() {
        // Given
        Cancellable one = ask("a");
        Cancellable other = ask("a");
        // When
        one.cancel();
        // Then: there is another one
        assertThat(cancelled).isZero();
        // When
        other.cancel();
        // Then
        assertThat(cancelled).isEqualTo(1);
        // When: somebody comes
        ask("a");
        assertThat(questions).hasSize(2);
        questions.get(1).complete("A");
        // Then
        assertThat(answers).containsExactly("A");
        assertThat(cancelled).isEqualTo(1);
    }

    @Test
    void shouldTakeAnAnswerThatIsThereAtOnce() {
        // When
        shared.ask("a", () -> Uni.createFrom().item("A")).subscribe().with(answers::add);
        shared.ask("a", () -> Uni.createFrom().item("B")).subscribe().with(answers::add);
        // Then
        assertThat(answers).containsExactly("A", "B");
    }

    private Cancellable ask(String key) {
        return shared.ask(key, () -> Uni.createFrom()
                        .<String>emitter(questions::add)
                        .onCancellation()
                        .invoke(() -> cancelled++))
                .subscribe()
                .with(answers::add, failure -> answers.add(failure.getMessage()));
    }
}
