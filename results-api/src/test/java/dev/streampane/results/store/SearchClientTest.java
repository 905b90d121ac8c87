// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.streampane.results.Logged;
import dev.streampane.results.problem.ProblemException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.http.HttpHost;
import org.elasticsearch.client.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of answers that a healthy Elasticsearch does not give. */
class SearchClientTest {

    private final CountDownLatch over = new CountDownLatch(1);
    private FakeElasticsearch server;
    private SearchClient elasticsearch;

    @BeforeEach
    void start() throws IOException {
        server = new FakeElasticsearch();
        elasticsearch = server.client("10s", new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        server.close();
    }

    @Test
    void shouldTakeNoAnswerOfSomeShardsOnly() {
        // Given
        AtomicReference<String> asked = new AtomicReference<>();
        server.answer(exchange -> {
            asked.set(exchange.getRequestURI().getQuery());
            FakeElasticsearch.send(exchange, 200, "{}");
        });
        // When
        search();
        // Then
        assertThat(asked.get()).contains("allow_partial_search_results=false");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    503 | {"error":"all shards failed"}
                    500 | {}
                    429 | {"error":"too many requests"}
                    200 | {"timed_out":true,"hits":{"hits":[]}}
                    """)
    void shouldBeUnavailableWhenElasticsearchIsUnwell(int status, String body) {
        // Given
        answer(status, body);
        // Then
        assertUnavailable();
    }

    /** As of a cluster of one node: a copy that is nowhere has not failed. */
    @ParameterizedTest
    @CsvSource({"1, false", "0, true"})
    void shouldSayWhetherEveryShardWasRefreshed(int failed, boolean all) {
        // Given
        answer(200, "{\"_shards\":{\"total\":2,\"successful\":1,\"failed\":%d}}".formatted(failed));
        // Then
        assertThat(elasticsearch.refresh("window-results").await().atMost(Duration.ofSeconds(30)))
                .isEqualTo(all);
    }

    /** As Elasticsearch does while it makes an index. */
    @Test
    void shouldAskAgainWhileShardsStart() {
        // Given
        AtomicInteger asked = new AtomicInteger();
        server.answer(exchange ->
                FakeElasticsearch.send(exchange, asked.incrementAndGet() < 3 ? 503 : 200, "{\"hits\":{\"hits\":[]}}"));
        // Then: in a second, which may be over early where this process stood still meanwhile
        await().ignoreExceptionsInstanceOf(ProblemException.class).untilAsserted(() -> {
            asked.set(0);
            search();
            assertThat(asked).hasValue(3);
        });
    }

    @Test
    void shouldBeUnavailableWhenElasticsearchIsSlow() {
        // Given: an answer that does not come
        elasticsearch = server.client("300ms", new SimpleMeterRegistry());
        server.answer(exchange -> awaitOver());
        long begin = System.nanoTime();
        // Then
        assertUnavailable();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        assertThat(elasticsearch.reachable().await().indefinitely()).isFalse();
    }

    private void awaitOver() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Clients of streams go when they like; a connection must not stay taken by a question that nobody waits for. */
    @Test
    void shouldAnswerAfterManyQuestionsWereGivenUp() throws Exception {
        // Given
        Vertx vertx = Vertx.vertx();
        io.vertx.core.http.HttpServer quick = vertx.createHttpServer()
                .requestHandler(request -> request.response()
                        .putHeader("Content-Type", "application/json")
                        .end("{\"hits\":{\"hits\":[]}}"))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        server.client().setNodes(List.of(new Node(new HttpHost("127.0.0.1", quick.actualPort()))));
        ExecutorService askers = Executors.newFixedThreadPool(4);
        for (int asker = 0; asker < 4; asker++) {
            askers.execute(() -> {
                for (int n = 0; n < 1_000; n++) {
                    Cancellable question = elasticsearch
                            .search("window-results", ResultJson.JSON.createObjectNode())
                            .subscribe()
                            .with(answer -> {}, failure -> {});
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(1_000_000));
                    // When
                    question.cancel();
                }
            });
        }
        askers.shutdown();
        try {
            // Then
            assertThat(askers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            for (int n = 0; n < 100; n++) {
                search();
            }
        } finally {
            vertx.close();
        }
    }

    @Test
    void shouldCloseAViewThatIsOpenedOnceNobodyWantsItAnyMore() throws Exception {
        // Given: a view that is being opened
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<String> closed = new CompletableFuture<>();
        server.answer(exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (exchange.getRequestMethod().equals("DELETE")) {
                closed.complete(body);
            } else {
                asked.countDown();
                awaitOver();
            }
            FakeElasticsearch.send(exchange, 200, "{\"id\":\"view\"}");
        });
        Cancellable question = new SearchViews(elasticsearch)
                .of("window-results", view -> Uni.createFrom().nothing())
                .subscribe()
                .with(answer -> {}, failure -> {});
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        // When
        question.cancel();
        over.countDown();
        // Then
        assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo("{\"id\":\"view\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void shouldBeUnavailableWhenTheKeyIsRefused(int status) {
        answer(status, "{\"error\":{\"type\":\"security_exception\"}}");
        assertUnavailable();
        assertThat(elasticsearch.reachable().await().indefinitely()).isFalse();
    }

    @Test
    void shouldWarnOfEachSettingOnceAMinute() throws Exception {
        // Given: a server that refuses the key, and one that speaks no TLS
        answer(401, "{}");
        ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        CompletableFuture<Void> refusing = CompletableFuture.runAsync(() -> refuse(plain));
        List<HttpHost> hosts = List.of(server.host(), new HttpHost("127.0.0.1", plain.getLocalPort(), "https"));
        try (Logged log = new Logged(SearchClient.class)) {
            for (int n = 0; n < 6; n++) {
                // When
                server.client().setNodes(List.of(new Node(hosts.get(n % 2))));
                assertThatThrownBy(this::search).isInstanceOf(ProblemException.class);
            }
            // Then
            assertThat(log.lines())
                    .hasSize(2)
                    .anyMatch(line -> line.contains("quarkus.elasticsearch.api-key"))
                    .anyMatch(line -> line.contains("quarkus.elasticsearch.protocol"));
        } finally {
            plain.close();
            refusing.join();
        }
    }

    /** Answers in plain text, whatever comes, until the socket is closed. */
    private static void refuse(ServerSocket plain) {
        while (!plain.isClosed()) {
            try (Socket connection = plain.accept()) {
                connection.getInputStream().read(new byte[8_192]);
                connection.getOutputStream().write("plain text".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // closed
            }
        }
    }

    @Test
    void shouldFailWithoutParticularsWhenTheRequestWasWrong() {
        answer(400, "{\"error\":\"no mapping\"}");
        assertThatThrownBy(this::search)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Elasticsearch refused a request with status 400");
    }

    @Test
    void shouldAskOnceASecondHoweverManyWantToKnow() {
        // Given
        AtomicInteger asked = new AtomicInteger();
        server.answer(exchange -> {
            asked.incrementAndGet();
            FakeElasticsearch.send(exchange, 200, "{\"status\":\"green\"}");
        });
        await().until(() -> elasticsearch.reachable().await().indefinitely());
        int before = asked.get();
        long begin = System.nanoTime();
        // When
        for (int i = 0; i < 100; i++) {
            elasticsearch.reachable().await().indefinitely();
        }
        // Then
        assertThat((long) asked.get() - before)
                .isLessThanOrEqualTo(
                        1 + Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        await().untilAsserted(() -> {
            elasticsearch.reachable().await().indefinitely();
            assertThat(asked).hasValueGreaterThan(before);
        });
    }

    @Test
    void shouldNotCallARedClusterReachable() {
        answer(200, "{\"status\":\"red\"}");
        assertThat(elasticsearch.reachable().await().indefinitely()).isFalse();
    }

    private void answer(int status, String body) {
        server.answer(exchange -> FakeElasticsearch.send(exchange, status, body));
    }

    private void assertUnavailable() {
        assertThatThrownBy(this::search).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().status()).isEqualTo(503);
            assertThat(e.problem().headers()).containsEntry("Retry-After", "5");
        });
    }

    private void search() {
        elasticsearch
                .search("window-results", ResultJson.JSON.createObjectNode())
                .await()
                .atMost(Duration.ofSeconds(30));
    }
}
