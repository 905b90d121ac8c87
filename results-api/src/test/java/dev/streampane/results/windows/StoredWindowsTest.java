// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.store.FakeElasticsearch;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.subscription.Cancellable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for windows of an Elasticsearch that takes its time. */
class StoredWindowsTest {

    private final CountDownLatch answering = new CountDownLatch(1);

    /** The ids of each search. */
    private final Queue<List<String>> searches = new ConcurrentLinkedQueue<>();

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    private FakeElasticsearch elasticsearch;

    @BeforeEach
    void start() throws IOException {
        elasticsearch = new FakeElasticsearch();
        elasticsearch.answer(this::answer);
    }

    /** None of these, once it answers. */
    private void answer(HttpExchange exchange) throws IOException {
        List<String> ids = new ArrayList<>();
        ResultJson.JSON
                .readTree(exchange.getRequestBody().readAllBytes())
                .findPath("terms")
                .path("id")
                .forEach(id -> ids.add(id.asText()));
        searches.add(ids);
        try {
            answering.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FakeElasticsearch.send(exchange, 200, "{\"hits\":{\"hits\":[]}}");
    }

    @AfterEach
    void stop() throws IOException {
        answering.countDown();
        elasticsearch.close();
    }

    @Test
    void shouldNotSearchForWhoHasGone() {
        // Given
        StoredWindows windows = busy("30s");
        Cancellable gone = windows.newest("gone").subscribe().with(found -> {}, failure -> {});
        CompletableFuture<Optional<TailEntry>> waits = windows.newest("waits").subscribeAsCompletionStage();
        // When
        gone.cancel();
        answering.countDown();
        // Then
        await().until(waits::isDone);
        assertThat(waits.join()).isEmpty();
        assertThat(searches).contains(List.of("waits")).hasSize(4);
    }

    @Test
    void shouldSearchFirstForWhoHasWaitedLeast() {
        // Given: one more than are searched for at once
        StoredWindows windows = busy("30s");
        List<CompletableFuture<Optional<TailEntry>>> waiting = ask(windows, 61);
        // When
        answering.countDown();
        // Then
        await().until(() -> waiting.stream().allMatch(CompletableFuture::isDone));
        assertThat(waiting).allMatch(answer -> !answer.isCompletedExceptionally());
        assertThat(searches).hasSize(5).contains(List.of("0"));
    }

    @Test
    void shouldTellEachThatElasticsearchIsAwayOnceItHasWaitedLong() {
        // Given: as many as take many searches
        StoredWindows windows = busy("1s");
        // When
        List<CompletableFuture<Optional<TailEntry>>> waiting = ask(windows, 2_000);
        // Then
        await().until(() -> waiting.stream().allMatch(CompletableFuture::isDone));
        assertThat(metrics.get("streampane.results.elasticsearch.requests").timers().stream()
                        .mapToLong(Timer::count)
                        .sum())
                .isLessThan(20);
        assertThat(waiting).allSatisfy(answer -> assertThat(
                        answer.handle((found, failure) -> failure).join())
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        failure -> assertThat(failure.problem().status()).isEqualTo(503)));
    }

    /** As many searches are under way as there may be. */
    private StoredWindows busy(String timeout) {
        StoredWindows windows = new StoredWindows(elasticsearch.client(timeout, metrics));
        for (int n = 0; n < 3; n++) {
            windows.newest("busy").subscribeAsCompletionStage();
        }
        await().until(() -> searches.size() == 3);
        return windows;
    }

    /** For windows whose ids are numbers. */
    private static List<CompletableFuture<Optional<TailEntry>>> ask(StoredWindows windows, int number) {
        List<CompletableFuture<Optional<TailEntry>>> answers = new ArrayList<>();
        for (int id = 0; id < number; id++) {
            answers.add(windows.newest(Integer.toString(id)).subscribeAsCompletionStage());
        }
        return answers;
    }
}
