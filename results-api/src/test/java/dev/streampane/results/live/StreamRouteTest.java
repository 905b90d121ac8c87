// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.Logged;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Settings;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.FilledTail;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailFeeds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of streams that cannot be opened, in a process that takes one of them. */
class StreamRouteTest {

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final ResultsConfig config =
            Settings.with(Map.of("results.stream.max-clients", "1", "results.stream.snapshot-timeout", "10m"));
    private final FilledTail filled = new FilledTail(100);
    private volatile Consumer<Channel> first = channel -> {};
    private HttpServer server;

    private void serve(Snapshots snapshots) throws Exception {
        KafkaAccess kafka = new KafkaAccess(Map.of());
        TailFeeds feeds = new TailFeeds(kafka, config, metrics) {
            @Override
            public boolean settled() {
                return true;
            }

            @Override
            public Tail tail() {
                return filled.tail();
            }
        };
        Previews previews = new Previews(kafka, feeds, config) {
            @Override
            void want() {
                throw new NoClassDefFoundError("previews");
            }
        };
        LiveFeed feed = new LiveFeed(feeds, null, snapshots, previews, config);
        StreamClients clients = new StreamClients(feed, config, metrics);
        Router router = Router.router(vertx);
        router.route().order(0).handler(context -> {
            first.accept(((ConnectionBase) context.request().connection()).channel());
            context.put(Access.class.getName(), Access.unrestricted("127.0.0.1"));
            context.next();
        });
        new StreamRoute(feed, clients).add(router);
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
        serve(new Snapshots(null, null, config) {
            @Override
            Duration timeout() {
                throw new IllegalStateException("snapshots");
            }
        });
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
        assertThat(metrics.get("streampane.results.stream.clients").gauge().value())
                .isZero();
    }

    @Test
    void shouldEndAStreamThatFailsInAnError() throws Exception {
        // Given
        serve(new Snapshots(null, null, config) {
            @Override
            int maxRows() {
                throw new NoClassDefFoundError("rows");
            }
        });
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

    @Test
    void shouldServeOthersWhileASnapshotLooksAtTheTail() throws Exception {
        // Given
        CountDownLatch seen = new CountDownLatch(1);
        serve(new Snapshots(null, null, config) {
            @Override
            int maxRows() {
                try {
                    seen.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.maxRows();
            }
        });
        CompletableFuture<HttpResponse<InputStream>> snapshot =
                client().sendAsync(request("snapshot=1"), BodyHandlers.ofInputStream());
        await().until(() ->
                metrics.get("streampane.results.stream.clients").gauge().value() == 1);
        try {
            // When
            HttpResponse<String> other = get("snapshot=1");
            // Then
            assertThat(other.statusCode()).isEqualTo(503);
            assertThat(other.body()).contains("/problems/too-many-streams");
        } finally {
            seen.countDown();
        }
        try (InputStream events = snapshot.get().body()) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8));
            await().until(() -> lines.readLine().equals("event: snapshot-end"));
        }
    }

    @Test
    void shouldEndASnapshotThatWaitsForMemoryBeforeItsClientTakesTheStreamForDead() throws Exception {
        // Given
        filled.add(0, result("job", "k", SIX));
        serve(new ImpatientSnapshots(config) {
            @Override
            boolean reserve(int wanted, String principal) {
                return false;
            }
        });
        // When
        List<String> events = snapshotOf();
        // Then
        assertThat(events).hasSize(2);
        assertThat(events.get(1)).contains("\"partial\":true", "\"reason\":\"busy\"", "\"windows\":0");
    }

    @Test
    void shouldSendTheSnapshotOfTheTailWhereElasticsearchDoesNotComeToAnswer() throws Exception {
        // Given
        filled.add(0, result("job", "k", SIX));
        serve(new ImpatientSnapshots(config) {
            @Override
            Uni<OlderWindowsQuery.Page> page(OlderWindowsQuery wanted, Optional<JsonNode> after) {
                return Uni.createFrom().nothing();
            }
        });
        // When
        List<String> events = snapshotOf();
        // Then
        assertThat(events).hasSize(4).startsWith("event: window");
        assertThat(events.get(3)).contains("\"partial\":true", "\"reason\":\"busy\"", "\"windows\":1");
    }

    @Test
    void shouldGiveAWholeSnapshotToAClientThatTakesLongerThanItMayBeSilent() throws Exception {
        // Given: more than the connection takes without being read
        String pad = "\"jobVersion\":\"" + "v".repeat(60_000) + "\"";
        for (int key = 0; key < 100; key++) {
            filled.add(0, result("job", "k" + key, SIX).replace("\"jobVersion\":\"1.0.0\"", pad));
        }
        serve(new ImpatientSnapshots(config) {
            @Override
            Uni<OlderWindowsQuery.Page> page(OlderWindowsQuery wanted, Optional<JsonNode> after) {
                return Uni.createFrom().item(new OlderWindowsQuery.Page(List.of(), Optional.empty(), Optional.empty()));
            }
        });
        InputStream events = send("snapshot=1", BodyHandlers.ofInputStream()).body();
        // When
        long begin = System.nanoTime();
        await().until(() -> System.nanoTime() - begin > 3_000_000_000L);
        // Then
        assertThat(snapshotOf(events).get(201)).contains("\"partial\":false", "\"windows\":100");
    }

    private List<String> snapshotOf() throws Exception {
        return snapshotOf(send("snapshot=1", BodyHandlers.ofInputStream()).body());
    }

    /** Events of a stream, and their data, to the end of its snapshot. */
    private static List<String> snapshotOf(InputStream stream) throws IOException {
        List<String> seen = new ArrayList<>();
        try (InputStream events = stream) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8));
            await().until(() -> {
                String line;
                do {
                    line = lines.readLine();
                    if (line.startsWith("event: ") || line.startsWith("data: ")) {
                        seen.add(line);
                    }
                } while (!line.startsWith("data: ") || !seen.contains("event: snapshot-end"));
                return true;
            });
        }
        return seen;
    }

    /** Whose clients take a stream for dead that is silent for a little more than two seconds. */
    private static class ImpatientSnapshots extends Snapshots {

        ImpatientSnapshots(ResultsConfig config) {
            super(null, null, config);
        }

        @Override
        Duration maxSilence() {
            return Duration.ofSeconds(2);
        }
    }

    static Stream<Consumer<Channel>> goings() {
        return Stream.of(channel -> channel.pipeline().addFirst(new BrokenPipe()), channel -> channel.unsafe()
                .close(channel.voidPromise()));
    }

    @ParameterizedTest
    @MethodSource("goings")
    void shouldGiveBackThePlaceOfAClientWhoseGoingAWriteFindsOutFirst(Consumer<Channel> going) throws Exception {
        // Given
        serve(new Snapshots(null, null, config));
        first = going;
        try (Logged log = new Logged(StreamRoute.class)) {
            assertThatThrownBy(() -> get("")).isInstanceOf(IOException.class);
            first = channel -> {};
            // When
            await().untilAsserted(
                            () -> { // the client hears of its end before its place is given back
                                HttpResponse<InputStream> answer = send("", BodyHandlers.ofInputStream());
                                // Then
                                answer.body().close();
                                assertThat(answer.statusCode()).isEqualTo(200);
                            });
            assertThat(log.lines()).isEmpty();
        }
    }

    private HttpResponse<String> get(String query) throws Exception {
        return send(query, BodyHandlers.ofString());
    }

    private <T> HttpResponse<T> send(String query, BodyHandler<T> body) throws Exception {
        return client().send(request(query), body);
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private HttpRequest request(String query) {
        URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + StreamRoute.PATH + "?" + query);
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
    }

    /** Takes nothing, and says so. */
    private static final class BrokenPipe extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
        }
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get();
    }
}
