// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.problem.ProblemException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.http.HttpHost;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of answers that a healthy Elasticsearch does not give. */
class SearchClientTest {

    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private RestClient client;
    private SearchClient elasticsearch;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        client =
                RestClient.builder(new HttpHost("127.0.0.1", server.getAddress().getPort()))
                        .build();
        ResultsConfig config =
                new SmallRyeConfigBuilder()
                        .withConverter(MemorySize.class, 100, new MemorySizeConverter())
                        .withConverter(Duration.class, 100, new DurationConverter())
                        .withMapping(ResultsConfig.class)
                        .withDefaultValue("results.query.timeout", "300ms")
                        .build()
                        .getConfigMapping(ResultsConfig.class);
        elasticsearch = new SearchClient(client, config, new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        client.close();
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    503 | {"error":"all shards failed"}
                    500 | {}
                    429 | {"error":"too many requests"}
                    200 | {"timed_out":true,"hits":{"hits":[]}}
                    """)
    void shouldBeUnavailableWhenElasticsearchIsUnwell(int status, String body) {
        // Given
        answer(status, body);
        // Then
        assertThatThrownBy(this::search)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> {
                            assertThat(e.problem().status()).isEqualTo(503);
                            assertThat(e.problem().headers()).containsEntry("Retry-After", "5");
                        });
    }

    @Test
    void shouldBeUnavailableWhenElasticsearchIsSlow() {
        // Given: an answer that does not come
        server.createContext(
                "/",
                exchange -> {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        long begin = System.nanoTime();
        // Then
        assertThatThrownBy(this::search)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().status()).isEqualTo(503));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
        assertThat(elasticsearch.reachable().await().indefinitely()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void shouldBeUnavailableWhenTheKeyIsRefused(int status) {
        answer(status, "{\"error\":{\"type\":\"security_exception\"}}");
        assertThatThrownBy(this::search)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().status()).isEqualTo(503));
        assertThat(elasticsearch.reachable().await().indefinitely()).isFalse();
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
        server.createContext(
                "/",
                exchange -> {
                    asked.incrementAndGet();
                    byte[] body = "{\"status\":\"green\"}".getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
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
                .isLessThanOrEqualTo(1 + Duration.ofNanos(System.nanoTime() - begin).toSeconds());
        await().untilAsserted(
                        () -> {
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
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.getResponseHeaders().add("X-Elastic-Product", "Elasticsearch");
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }

    private void search() {
        elasticsearch
                .search("window-results", ResultJson.JSON.createObjectNode())
                .await()
                .atMost(Duration.ofSeconds(10));
    }
}
