// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class ReaderPoolTest {

    @Test
    void shouldLetNobodyWaitForWhatEndedInAnError() {
        // Given
        ReaderPool pool = new ReaderPool(new NoClients(), "reader", 1);
        for (int n = 0; n < 2; n++) {
            // When
            Uni<Integer> answer = pool.call("one", clients -> 1);
            // Then
            assertThatThrownBy(() -> answer.await().atMost(Duration.ofSeconds(30)))
                    .hasCauseInstanceOf(NoClassDefFoundError.class);
        }
        pool.close();
    }

    @Test
    void shouldRefuseWhoeverComesBehindALongLineAndForgetWhoHasLeftIt() {
        // Given: a reader that is held up, and as many calls as may wait
        CountDownLatch held = new CountDownLatch(1);
        ReaderPool pool = new ReaderPool(new Held(held), "reader", 1);
        List<Cancellable> waiting = new ArrayList<>();
        for (int n = 0; n <= ReaderPool.MAX_WAITING / 2; n++) {
            waiting.add(pool.call("one", clients -> 1).subscribe().with(answer -> {}, failure -> {}));
        }
        // When
        Uni<Integer> answer = pool.call("one", clients -> 1);
        // Then
        assertThatThrownBy(() -> answer.await().atMost(Duration.ofSeconds(30)))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().status()).isEqualTo(503);
                    assertThat(e.problem().type()).isEqualTo(ProblemType.TOO_MANY_QUERIES);
                });
        // When
        waiting.forEach(Cancellable::cancel);
        // Then
        assertThat(pool.waiting()).isZero();
        held.countDown();
        pool.close();
    }

    @Test
    void shouldHaveNobodyWaitBehindWhatAnotherHasInLine() {
        // Given: a reader that is held up, and a long line of one caller
        CountDownLatch held = new CountDownLatch(1);
        ReaderPool pool = new ReaderPool(new Held(held), "reader", 1);
        List<String> ended = new CopyOnWriteArrayList<>();
        for (int n = 0; n < 100; n++) {
            call(pool, "many", ended);
        }
        // When
        call(pool, "few", ended);
        call(pool, "few", ended);
        call(pool, "once", ended);
        held.countDown();
        // Then: the first of many is with the reader, and the others take turns
        await().until(() -> ended.size() == 103);
        assertThat(ended.indexOf("once")).isLessThanOrEqualTo(3);
        assertThat(ended.lastIndexOf("few")).isLessThanOrEqualTo(5);
        pool.close();
    }

    @Test
    void shouldLetACallThatIsNotAnsweredInTimeLeaveTheLine() {
        // Given
        CountDownLatch held = new CountDownLatch(1);
        LogReaders readers = new LogReaders(new Held(held), "reader", 1);
        readers.layout("topic").subscribe().with(layout -> {}, failure -> {});
        // When
        Uni<TopicLayout> answer =
                readers.of("one").within(Duration.ofMillis(50)).layout("topic");
        // Then
        assertThatThrownBy(() -> answer.await().atMost(Duration.ofSeconds(30)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().type()).isEqualTo(ProblemType.LOG_UNAVAILABLE));
        assertThat(readers.waiting()).isZero();
        held.countDown();
        readers.close();
    }

    @Test
    void shouldNotHaveAnyoneWaitForTurnsThatWereGivenUp() {
        // Given: of a hundred calls in line all but the last are given up, and others come
        CountDownLatch held = new CountDownLatch(1);
        ReaderPool pool = new ReaderPool(new Held(held), "reader", 1);
        List<String> ended = new CopyOnWriteArrayList<>();
        call(pool, "reading", ended);
        List<Cancellable> calls = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            calls.add(call(pool, "leaving", ended));
        }
        calls.subList(0, 99).forEach(Cancellable::cancel);
        for (int n = 0; n < 50; n++) {
            call(pool, "staying", ended);
        }
        // When
        call(pool, "leaving", ended);
        held.countDown();
        // Then
        await().until(() -> ended.size() == 53);
        assertThat(ended.indexOf("leaving")).isLessThanOrEqualTo(5);
        pool.close();
    }

    private static Cancellable call(ReaderPool pool, String caller, List<String> ended) {
        return pool.call(caller, clients -> 1).subscribe().with(answer -> {}, failure -> ended.add(caller));
    }

    private static final class Held extends KafkaAccess {

        private final CountDownLatch held;

        private Held(CountDownLatch held) {
            super(Map.of());
            this.held = held;
        }

        @Override
        Consumer<byte[], byte[]> consumer(String clientId, Map<String, Object> own) {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new KafkaException("no broker");
        }
    }

    private static final class NoClients extends KafkaAccess {

        private NoClients() {
            super(Map.of());
        }

        @Override
        Consumer<byte[], byte[]> consumer(String clientId, Map<String, Object> own) {
            throw new NoClassDefFoundError("none");
        }
    }
}
