// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.AtOnce;
import dev.streampane.results.EventStream;
import dev.streampane.results.Log;
import dev.streampane.results.RawHttp;
import dev.streampane.results.ReadQuota;
import dev.streampane.results.RealServers;
import dev.streampane.results.ServiceProcess;
import dev.streampane.results.Topics;
import dev.streampane.results.tail.TailFeeds;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** How streams end that their clients did not end; the clients go on at another process, which is the one that the test runs in. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StreamLifeIT {

    private static final String TOPIC = "window-results";
    private static final int CLIENTS = 30;
    private static final String ACTIVE = "http_server_active_requests";

    @TempDir
    static Path folder;

    /** What the test of that client waits for, while the other tests wait. */
    private static CompletableFuture<Void> silence;

    /** The same of the clients whose connections are cut. */
    private static CompletableFuture<Void> cuts;

    @TestHTTPResource("/")
    URI other;

    @Inject
    TailFeeds feed;

    @Inject
    MeterRegistry metrics;

    @RealServers.Running
    LocalKafka kafka;

    @RealServers.Running
    Log log;

    @RealServers.Running
    LocalElasticsearch elasticsearch;

    private final List<String> sent = new ArrayList<>();

    @BeforeEach
    void connect() {
        await().until(feed::settled);
        if (silence == null) {
            String begin = feed.tail().position().toString();
            for (int count = 1; count <= 3; count++) {
                log.put("word-counts", 0, "cut", "{\"op\":\"+I\",\"word\":\"cut\",\"count\":" + count + "}");
            }
            silence = AtOnce.begin(this::giveBackThePlaceOfASilentClient);
            cuts = AtOnce.begin(() -> cutConnections(begin));
        }
    }

    @AfterEach
    void close() {
        await().until(() ->
                metrics.get("streampane.results.stream.clients").gauge().value() == 0);
    }

    /** Neither goes on when the servers have ended. */
    @AfterAll
    static void awaitWhatGoesOn() {
        CompletableFuture.allOf(
                        Stream.of(silence, cuts).filter(Objects::nonNull).toArray(CompletableFuture<?>[]::new))
                .handle((nothing, failure) -> nothing)
                .join();
    }

    @Test
    void shouldEndAStreamOfAgeCleanlyAndLoseAndRepeatNothing() {
        // Given
        String place = feed.tail().position().toString();
        List<String> received = new ArrayList<>();
        try (ServiceProcess process = start(Map.of("results.stream.max-life", "1s"))) {
            for (int life = 0; life < 4; life++) {
                put("life");
                long opened = System.nanoTime();
                try (EventStream events = open(process.root(), "life", place)) {
                    // When
                    while (!events.ended()) {
                        put("life");
                    }
                    // Then
                    assertThat(System.nanoTime() - opened)
                            .isBetween(TimeUnit.MILLISECONDS.toNanos(875), TimeUnit.SECONDS.toNanos(30));
                    assertThat(events.broken()).isFalse();
                    assertThat(events.data("reset")).isEmpty();
                    assertThat(events.data("error")).isEmpty();
                    received.addAll(events.data("window"));
                    place = events.lastEventId();
                }
            }
        }
        assertThat(received).isNotEmpty();
        assertRest("life", place, received);
    }

    @Test
    void shouldEndAllStreamsWithTheProcessAndAnswerWhatWasAskedBefore() throws Exception {
        // Given: clients of streams, and one that waits for a position that does not come
        String begin = feed.tail().position().toString();
        List<EventStream> streams = new ArrayList<>();
        try (ServiceProcess process = start(Map.of("results.query.at-least-timeout", "5s"))) {
            IntStream.range(0, CLIENTS).forEach(n -> streams.add(open(process.root(), "rolling", begin)));
            for (int n = 0; n < 20; n++) {
                put("rolling");
            }
            await().until(() -> streams.stream().noneMatch(s -> s.results().isEmpty()));
            double active = process.metric(ACTIVE);
            Socket asking = RawHttp.open(
                    process.root(), 0, "GET /api/v1/windows?job=x&atLeast=" + ahead() + " HTTP/1.0\r\n\r\n");
            await().until(() -> process.metric(ACTIVE) > active);
            // When: it is told to end while results come
            long told = System.nanoTime();
            CompletableFuture<Integer> stopped = CompletableFuture.supplyAsync(process::stop);
            while (!stopped.isDone() && !streams.stream().allMatch(EventStream::ended)) {
                put("rolling");
            }
            put("rolling"); // which none of them gets
            // Then
            stopped.join();
            assertThat(head(asking)).startsWith("HTTP/1.0 504 ");
            asking.close();
            await().until(() -> streams.stream().allMatch(EventStream::ended));
            assertThat(streams)
                    .extracting(EventStream::endedAt)
                    .allMatch(end -> end - told < TimeUnit.SECONDS.toNanos(10));
        }
        Set<List<Object>> looked = new HashSet<>();
        for (EventStream events : streams) {
            assertThat(events.broken()).isFalse();
            assertThat(events.data("reset")).isEmpty();
            if (looked.add(List.of(events.lastEventId(), events.data("window")))) { // another has the same rest
                assertRest("rolling", events.lastEventId(), events.data("window"));
            }
            events.close();
        }
    }

    /** A position that is far from being reached. */
    private String ahead() {
        String position = feed.tail().position().topic(TOPIC).orElseThrow().toString();
        return position.replaceFirst("~[0-9]+([0-9.]*)$", "~999999$1");
    }

    /**
     * The process learns later than another one, which has told a client: of results, since the broker is short of bandwidth; of a partition that
     * was added; and that the topic was made anew.
     */
    @Test
    void shouldWaitForWhatAnotherProcessHasToldOf() throws Exception {
        // Given
        String topic = "hop";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Topics.anew(admin, topic, 1);
            try (ServiceProcess process = start(Map.of("results.topic", topic));
                    EventStream first = open(process.root(), topic, null)) {
                await().until(() -> first.lastEventId().contains(topic + "~"));
                ReadQuota quota = new ReadQuota(kafka, "results-api-" + topic, 1_000);
                long end = 0;
                for (int n = 0; n < 16 || n - first.data("window").size() < 6; n++) {
                    String result = result(topic, "k", SIX.plusSeconds(60L * n));
                    end = log.place(topic, 0, "k", result).offset() + 1;
                }
                String results = first.lastEventId().replaceFirst("(hop~[^~]+~)[0-9]+", "$1" + end);
                long opened = System.nanoTime();
                // When Then
                String place = assertGoesOn(process, topic, 0, results);
                assertThat(System.nanoTime() - opened).isGreaterThan(TimeUnit.SECONDS.toNanos(2));
                quota.lift();
                // When
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                        .all()
                        .get();
                // Then
                place = assertGoesOn(process, topic, 1, place.replaceFirst("(hop~[^~]+~[0-9]+)", "$1.0"));
                // When
                String id = Topics.anew(admin, topic, 1);
                // Then
                assertGoesOn(process, topic, 0, place.replaceFirst("hop~[^~]+~[0-9.]+", "hop~" + id + "~0"));
            }
        }
    }

    /** A stream of the job of that name gets from a place on what is written next, without a reset; where it is then. */
    private String assertGoesOn(ServiceProcess process, String topic, int partition, String place) {
        try (EventStream events = open(process.root(), topic, place)) {
            String result = result(topic, "k", SIX);
            log.put(topic, partition, "k", result);
            await().until(() -> !events.data("window").isEmpty());
            assertThat(events.data("window")).containsExactly(result);
            assertThat(events.data("reset")).isEmpty();
            return events.results().get(0).id();
        }
    }

    /** README.md says the same, in the section on streams. */
    @Test
    @Order(Integer.MAX_VALUE)
    void shouldLoseAndRepeatNothingWhereverAConnectionIsCutUnlessTheClientDoes() throws Exception {
        ForeignClient.installed();
        cuts.join();
    }

    private void cutConnections(String begin) {
        try {
            // Given
            Path scripts = ForeignClient.installed();
            // When
            String stream =
                    other.resolve("/api/v1/stream?job=word-count&key=cut").toString();
            Process node = new ProcessBuilder("node", "cuts.mjs", stream, begin)
                    .directory(scripts.toFile())
                    .redirectError(scripts.resolve("cuts.log").toFile())
                    .redirectOutput(scripts.resolve("cuts.json").toFile())
                    .start();
            boolean ended = node.waitFor(10, TimeUnit.MINUTES);
            node.destroy();
            if (!node.waitFor(1, TimeUnit.MINUTES)) {
                node.destroyForcibly();
            }
            // Then
            List<String> found = Files.readAllLines(scripts.resolve("cuts.json"));
            assertThat(ended).as("%s, see %s", found, scripts).isTrue();
            String exact = "\"lost\":[],\"twice\":[],\"wrong\":[]}";
            String atTheLine = "\"lost\":[],\"twice\":[\"event data\"],\"wrong\":[]}";
            assertThat(found)
                    .extracting(line -> line.replaceAll("\"cuts\":\\d+,", ""))
                    .containsExactly(
                            "{\"client\":\"eventsource 2.0.2\"," + atTheLine,
                            "{\"client\":\"eventsource 4.1.1\"," + exact,
                            "{\"client\":\"eventsource 5.1.5\"," + exact,
                            "{\"client\":\"reconnecting-eventsource 1.6.5\"," + atTheLine,
                            "{\"client\":\"launchdarkly-eventsource 2.2.0\"," + exact,
                            "{\"client\":\"@microsoft/fetch-event-source 2.0.1\",\"lost\":[\"event id\"],\"twice\":[],\"wrong\":[]}");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Who vanishes without a FIN looks from here like who reads nothing, until TCP gives up after minutes. */
    @Test
    @Order(Integer.MAX_VALUE)
    void shouldGiveBackThePlaceOfAClientOfWhichNothingIsHeardAnyMore() {
        silence.join();
    }

    /** At a process of its own, which takes the addresses of clients from a proxy. */
    private void giveBackThePlaceOfASilentClient() {
        // Given: heartbeats, so that the connection is not idle
        Map<String, String> settings = Map.of(
                "results.stream.max-per-address", "1",
                "results.stream.heartbeat", "1s",
                "results.stream.max-life", "5s",
                "quarkus.http.idle-timeout", "2S",
                "quarkus.http.proxy.proxy-address-forwarding", "true");
        try (ServiceProcess process = start(settings);
                Socket silent = crowd(process, "2001:db8:0:1::1")) {
            assertThat(head(silent)).startsWith("HTTP/1.1 200 ");
            try (Socket neighbour = crowd(process, "2001:db8:0:1:ffff::2");
                    Socket other = crowd(process, "2001:db8:0:2::1")) {
                assertThat(head(neighbour)).startsWith("HTTP/1.1 429 ");
                assertThat(head(other)).startsWith("HTTP/1.1 200 ");
            }
            // Then: its place
            await().untilAsserted(() -> {
                try (Socket next = crowd(process, "2001:db8:0:1::1")) {
                    assertThat(head(next)).startsWith("HTTP/1.1 200 ");
                }
            });
            // and its connection
            await().until(() -> process.metric("http_server_connections_seconds_active_count") <= 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads on at the other process, to the last result that was sent. */
    private void assertRest(String job, String place, List<String> received) {
        List<String> all = new ArrayList<>(received);
        try (EventStream rest = open(other, job, place)) {
            await().until(() -> rest.data("window").size() >= sent.size() - received.size());
            all.addAll(rest.data("window"));
            assertThat(rest.data("reset")).isEmpty();
        }
        assertThat(all).containsExactlyInAnyOrderElementsOf(sent);
    }

    private void put(String job) {
        int n = sent.size();
        String result = result(job, "k" + n % 7, SIX.plusSeconds(60L * n));
        log.put(TOPIC, n % 4, "k", result);
        sent.add(result);
    }

    private ServiceProcess start(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        all.put("quarkus.elasticsearch.hosts", elasticsearch.url().getAuthority());
        return new ServiceProcess(folder, all).start().awaitReady();
    }

    private static EventStream open(URI root, String job, String place) {
        return EventStream.open(root.resolve("/api/v1/stream?job=" + job), place);
    }

    private static Socket crowd(ServiceProcess process, String client) throws IOException {
        String request =
                "GET /api/v1/stream?job=crowd HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: " + client + "\r\n\r\n";
        return RawHttp.open(process.root(), 0, request);
    }

    private static String head(Socket socket) throws IOException {
        return RawHttp.head(socket.getInputStream());
    }
}
