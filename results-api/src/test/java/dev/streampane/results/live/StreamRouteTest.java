// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.Logged;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.TailFeeds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of streams that cannot be opened, in a process that takes one of them. */
class StreamRouteTest {

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final ResultsConfig config = Settings.with(Map.of("results.stream.max-clients", "1"));
    private Supplier<Snapshots> snapshots;
    private HttpServer server;

    @BeforeEach
    void listen() throws Exception {
        KafkaAccess kafka = new KafkaAccess(Map.of());
        TailFeeds feeds =
                new TailFeeds(kafka, config, metrics) {
                    @Override
                    public boolean settled() {
                        return true;
                    }
                };
        Previews previews =
                new Previews(kafka, feeds, config) {
                    @Override
                    void want() {
                        throw new NoClassDefFoundError("previews");
                    }
                };
        LiveFeed feed =
                new LiveFeed(feeds, null, null, previews, config) {
                    @Override
                    Snapshots snapshots() {
                        return snapshots.get();
                    }
                };
        StreamLimits limits = new StreamLimits(config);
        StreamClients clients = new StreamClients(vertx, feed, limits, metrics);
        Router router = Router.router(vertx);
        router.route()
                .order(0)
                .handler(
                        context -> {
                            context.put(Access.class.getName(), Access.unrestricted("127.0.0.1"));
                            context.next();
                        });
        new StreamRoute(feeds, feed, clients, limits, null, config).add(router);
        server = done(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    }

    @AfterEach
    void close() throws Exception {
        done(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"emit=early", "snapshot=1"})
    void shouldGiveBackThePlaceOfAStreamThatCannotBeOpened(String query) throws Exception {
        // Given
        snapshots =
                () -> {
                    throw new IllegalStateException("snapshots");
                };
        try (Logged log = new Logged(StreamRoute.class)) {
            for (int n = 1; n <= 3; n++) {
                // When
                HttpResponse<String> answer = get(query);
                // Then: never 503, as if another one were open
                assertThat(answer.statusCode()).isEqualTo(500);
                assertThat(log.lines()).hasSize(n);
            }
            assertThat(log.lines()).containsOnly("ERROR A stream could not be opened");
        }
        assertThat(metrics.get("streampane.results.stream.clients").gauge().value()).isZero();
    }

    @Test
    void shouldEndAStreamThatFailsInAnError() throws Exception {
        // Given
        snapshots =
                () ->
                        new Snapshots(null, null, config) {
                            @Override
                            int maxRows() {
                                throw new NoClassDefFoundError("rows");
                            }
                        };
        try (Logged log = new Logged(StreamClient.class)) {
            for (int n = 1; n <= 3; n++) {
                // When
                HttpResponse<String> answer = get("snapshot=1");
                // Then
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).contains("event: error", "\"status\":500");
                assertThat(log.lines()).hasSize(n);
            }
            assertThat(log.lines()).containsOnly("ERROR A stream failed");
        }
    }

    private HttpResponse<String> get(String query) throws Exception {
        URI uri =
                URI.create(
                        "http://127.0.0.1:" + server.actualPort() + StreamRoute.PATH + "?" + query);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
                        BodyHandlers.ofString());
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get();
    }
}
