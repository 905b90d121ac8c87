// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.alert;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Served.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.EventParser;
import dev.streampane.results.EventStream;
import dev.streampane.results.Log;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RawHttp;
import dev.streampane.results.RealServers;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.Served;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.Position;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class StreamIT extends OnFeeds {

    private static final String TOPIC = "window-results";

    @TestHTTPResource("/api/v1/stream")
    URI stream;

    @Inject
    KafkaAccess access;

    @Inject
    ResultsConfig config;

    @Inject
    LogReaders readers;

    @Inject
    MeterRegistry metrics;

    @RealServers.Running
    LocalKafka kafka;

    @BeforeEach
    void connect() {
        await().until(feeds::settled);
        // what is no longer in memory, so that no snapshot waits for it
        store.acknowledge(position());
    }

    @Test
    void shouldSendCommittedResultAsItIsInTheLog() {
        // Given
        String result = result("stream-a", "k1", SIX);
        String pretty = result("stream-a", "k2", SIX).replace("\"rev\":1", "\n\r\n \"rev\":1");
        try (EventStream events = open("job=stream-a", null)) {
            // When
            log.put(TOPIC, null, "k1", result).put(TOPIC, null, "k2", pretty);
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).hasSize(2));
            assertThat(events.data("window")).containsExactlyInAnyOrder(result, pretty.replaceAll("[\r\n]", " "));
            var headers = events.response().headers();
            assertThat(headers.allValues("content-type")).containsExactly("text/event-stream");
            assertThat(headers.allValues("cache-control")).containsExactly("no-cache, no-transform");
            assertThat(headers.allValues("x-accel-buffering")).containsExactly("no");
            assertThat(Integer.parseInt(events.retry())).isBetween(1_500, 2_500);
            assertThat(Position.parse(events.lastEventId())).isPresent();
        }
    }

    @Test
    void shouldNotSendAbortedNorUncommittedNorUnreadableRecords() {
        // Given
        String last = result("stream-b", "k", SIX.plusSeconds(60));
        try (EventStream events = open("job=stream-b", null)) {
            // When
            log.begin().add(TOPIC, 0, "k", result("stream-b", "aborted", SIX)).abort();
            log.put(TOPIC, 0, "k", "no JSON");
            log.put(TOPIC, 0, "k", "{\"job\":\"stream-b\"}");
            log.begin().add(TOPIC, 0, null, null).commit();
            log.put(TOPIC, 0, "k", last);
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(last));
        }
    }

    @Test
    void shouldFilterByJobAndKeyAndAdvanceTheIdPastWhatIsFilteredOut() {
        // Given
        try (EventStream events = open("job=stream-c&key=wanted", null)) {
            await().until(() -> !events.lastEventId().isEmpty());
            String before = events.lastEventId();
            // When: nothing that the client wants
            log.put(TOPIC, 1, "other", result("stream-c", "other", SIX));
            log.put(TOPIC, 2, "wanted", result("stream-d", "wanted", SIX));
            // Then: the heartbeat moves the id
            await().until(() -> !events.lastEventId().equals(before)
                    && events.lastEventId().equals(feeds.tail().reached().toString()));
            // When
            log.put(TOPIC, 1, "other", result("stream-c", "other", SIX.plusSeconds(60)));
            String wanted = result("stream-c", "wanted", SIX);
            log.put(TOPIC, 1, "wanted", wanted);
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(wanted));
            awaitEndOfTail(events);
        }
    }

    @Test
    void shouldReadASpecificationWithBlanksAsQueriesDo() {
        try (EventStream events = open("job=blanks&spec=tumbling(%201m%20)", null)) {
            log.put(TOPIC, null, "k", result("blanks", "k", SIX));
            await().untilAsserted(() -> assertThat(events.data("window")).hasSize(1));
        }
    }

    @Test
    void shouldRefuseToBeginInTheFuture() {
        answer(400, "/api/v1/stream?since=" + Instant.now().plusSeconds(3_600))
                .body("violations[0].parameter", equalTo("since"));
    }

    @Test
    void shouldShareOneConnectionAmongMoreStreamsThanABrowserOpensConnections() {
        // Given: a browser has six connections to a host with HTTP/1.1, and one with HTTP/2
        await().until(() -> clients() == 0); // those of the test before
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(stream + "?job=shared"))
                .header("Accept", "text/event-stream")
                .build();
        List<CompletableFuture<HttpResponse<Stream<String>>>> streams = IntStream.range(0, 8)
                .mapToObj(n -> http.sendAsync(request, HttpResponse.BodyHandlers.ofLines()))
                .toList();
        await().until(() -> clients() == 8);
        // When
        String result = result("shared", "k", SIX);
        log.put(TOPIC, null, "k", result);
        // Then
        for (CompletableFuture<HttpResponse<Stream<String>>> opened : streams) {
            HttpResponse<Stream<String>> response = opened.join();
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            try (Stream<String> lines = response.body()) {
                assertThat(lines.filter(line -> line.startsWith("data: {\"id\""))
                                .findFirst())
                        .contains("data: " + result);
            }
        }
        await().until(() -> clients() == 0);
    }

    static Stream<Arguments> uselessPositions() {
        return Stream.of(
                arguments("garbage", "garbage", "garbage"),
                arguments("10 KB", "TOPIC~ID~" + "1.".repeat(5_000) + "1", "garbage"),
                arguments("emoji", "\uD83D\uDE00", "garbage"),
                arguments("another topic", "transactions~ID~0.0.0.0", "foreign"),
                arguments("another life of the other topic", "alerts~ID~0.0.0.0~~TOPIC~ID~0.0.0.0", "recreated"),
                arguments("another life of the topic", "TOPIC~AAAAAAAAAAAAAAAAAAAAAA~0.0.0.0", "recreated"),
                arguments("future", "TOPIC~ID~0.0.0.999999999", "future"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("uselessPositions")
    void shouldResetAndSendTheNewestWindowsAndGoOn(String name, String place, String reason) {
        // Given
        String before = result("reset", "before", SIX);
        String after = result("reset", "after", SIX);
        log.put(TOPIC, null, "k", before);
        String topicId = position().id();
        String sent = place.replace("TOPIC", TOPIC).replace("ID", topicId);
        await().until(() ->
                feeds.tail().index().newest(id("reset", "before", SIX)).isPresent());
        String query = "job=reset&lastEventId=" + URLEncoder.encode(sent, StandardCharsets.UTF_8);
        boolean tooLongForALine = query.length() > 4_000;
        try (EventStream events = tooLongForALine || sent.chars().allMatch(c -> c < 128) && name.length() % 2 == 0
                ? open("job=reset", sent)
                : open(query, null)) {
            await().untilAsserted(() -> assertThat(events.data("snapshot-end")).hasSize(1));
            List<EventParser.Event> begin = events.events();
            // When
            log.put(TOPIC, null, "k", after);
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).endsWith(after));
            JsonPath reset = JsonPath.from(events.data("reset").get(0));
            assertThat(reset.getString("reason")).isEqualTo(reason);
            assertThat(reset.getString("detail")).isNotBlank();
            assertThat(begin.get(0).name()).isEqualTo("reset");
            assertThat(begin.get(0).id()).isIn(sent, "garbage");
            assertThat(begin).extracting(EventParser.Event::data).contains(before);
            EventParser.Event end = begin.stream()
                    .filter(event -> event.name().equals("snapshot-end"))
                    .findFirst()
                    .orElseThrow();
            assertThat(end.id()).isEqualTo(JsonPath.from(end.data()).getString("position"));
        }
    }

    @Test
    void shouldPreferHeaderToParameterAndTakeCrLfInParameterAsGarbage() {
        String position = feeds.tail().position().toString();
        try (EventStream events = open("lastEventId=garbage%0d%0aevent:%20window", position)) {
            await().until(() -> !events.lastEventId().isEmpty());
            assertThat(events.data("reset")).isEmpty();
        }
        try (EventStream events = open("lastEventId=" + position + "%0d%0adata:%20x", null)) {
            await().untilAsserted(() -> assertThat(events.data("reset")).hasSize(1));
            assertThat(events.data("message")).isEmpty();
        }
    }

    @Test
    void shouldServeHttp10AndForgetHalfClosedClients() throws IOException {
        try (Socket socket = RawHttp.open(stream, 0, "GET /api/v1/stream?job=http10 HTTP/1.0\r\n\r\n")) {
            BufferedReader lines = reader(socket);
            assertThat(lines.readLine()).endsWith(" 200 OK");
            String line = lines.readLine();
            while (!line.startsWith("id: ")) {
                line = lines.readLine();
            }
            log.put(TOPIC, null, "k", result("http10", "k", SIX));
            while (!line.startsWith("data: {\"id\"")) {
                line = lines.readLine();
            }
            assertThat(line).isEqualTo("data: " + result("http10", "k", SIX));
            // a client that closes its side has gone
            socket.shutdownOutput();
            await().until(() -> clients() == 0);
        }
    }

    @Test
    void shouldForgetClientsThatGo() throws IOException {
        // Given
        List<EventStream> open =
                IntStream.range(0, 20).mapToObj(n -> open("job=gone", null)).toList();
        await().until(() -> clients() == 20);
        // When
        open.forEach(EventStream::close);
        RawHttp.open(stream, 0, "GET /api/v1/stream HTTP/1.1\r\nHost").close();
        // Then
        await().until(() -> clients() == 0);
    }

    @Test
    void shouldForgetClientsThatGoWhileTheBrokerIsAskedWhereTheyBegin() throws IOException {
        // Given: nobody is left of the test before, and nobody reads the log
        await().until(() -> clients() == 0);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(config.catchUpReaders());
        for (int reader = 0; reader < config.catchUpReaders(); reader++) {
            readers.layout(TOPIC).subscribe().with(layout -> {
                taken.countDown();
                awaitQuietly(busy);
            });
        }
        awaitQuietly(taken);
        String since = "GET /api/v1/stream?since=" + SIX + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try {
            // When
            for (int n = 0; n < config.stream().maxClients(); n++) {
                RawHttp.open(stream, 0, since).close();
            }
            // Then
            await().until(() -> {
                try (EventStream events = open("job=many", null)) {
                    return events.response().statusCode() == 200;
                }
            });
        } finally {
            busy.countDown();
        }
    }

    /** Whether the other side takes what is sent; one that has closed the connection says so to the next write but one. */
    private static boolean takes(Socket socket) {
        try {
            socket.getOutputStream().write('\n');
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void shouldCloseClientThatReadsOneByteASecondAndLetItResume() throws IOException {
        // Given: a client that reads its place
        String job = "trickle";
        double before = stalled();
        String request = "GET /api/v1/stream?job=" + job + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (Socket socket = RawHttp.open(stream, 4 << 10, request);
                EventStream fast = open("job=" + job, null)) {
            BufferedReader lines = reader(socket);
            String line = lines.readLine();
            while (!line.startsWith("id: ")) {
                line = lines.readLine();
            }
            String place = line.substring(4);
            List<String> results = new ArrayList<>();
            // When: more comes than its connection takes
            String padding = "\"padding\":\"" + "x".repeat(100_000) + "\",\"id\":";
            log.begin();
            for (int n = 0; n < 120; n++) {
                results.add(result(job, "k" + n, SIX.plusSeconds(60L * n)).replaceFirst("\"id\":", padding));
                log.add(TOPIC, n % 4, "k" + n, results.get(n));
            }
            log.commit();
            // Then
            await().pollInterval(1, TimeUnit.SECONDS).until(() -> {
                assertThat(lines.read()).isNotNegative();
                return stalled() > before;
            });
            assertThat(stalled() - before).isEqualTo(1);
            // what it has not taken does not keep the connection open
            await().until(() -> !takes(socket));
            await().untilAsserted(() -> assertThat(fast.data("window")).hasSize(120));
            await().until(() -> clients() == 1);
            try (EventStream events = open("job=" + job, place)) {
                await().untilAsserted(() -> assertThat(events.data("window")).hasSize(120));
                assertThat(events.data("window")).containsExactlyInAnyOrderElementsOf(results);
                assertThat(events.data("reset")).isEmpty();
            }
        }
    }

    @Test
    void shouldGoOnAfterTheBrokerWasKilledWhileAStreamIsOpen() {
        // Given
        String before = result("broker", "before", SIX);
        String after = result("broker", "after", SIX);
        try (EventStream events = open("job=broker", null)) {
            log.put(TOPIC, null, "before", before);
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(before));
            String place = events.lastEventId();
            // When
            kafka.kill();
            try (EventStream meanwhile = open("job=broker", null)) {
                int heartbeats = meanwhile.comments().size();
                await().until(() -> meanwhile.comments().size() > heartbeats + 1);
                Served.management().get("/q/health/ready").then().statusCode(200);
            } finally {
                kafka.restart();
            }
            try (Log again = new Log(kafka.bootstrapServers())) {
                again.put(TOPIC, null, "after", after);
            }
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(before, after));
            try (EventStream resumed = open("job=broker", place)) {
                await().untilAsserted(() -> assertThat(resumed.data("window")).containsExactly(after));
            }
        }
    }

    @Test
    void shouldSendAlertsBesideResultsAndResumeInBoth() {
        // Given
        String result = result("both", "c1", SIX);
        List<EventParser.Event> all;
        String begin = feeds.tail().position().toString();
        try (EventStream events = open("key=c1", begin)) {
            // When
            log.put("alerts", null, "c1", alert("c1", 1));
            log.put("alerts", null, "c2", alert("c2", 2));
            await().untilAsserted(() -> assertThat(events.data("alert")).hasSize(1));
            log.put(TOPIC, null, "c1", result);
            await().untilAsserted(() -> assertThat(events.data("window")).hasSize(1));
            log.put("alerts", null, "c1", alert("c1", 3));
            await().untilAsserted(() -> assertThat(events.data("alert")).hasSize(2));
            // Then
            all = events.results();
            assertThat(all).extracting(EventParser.Event::data).containsExactly(alert("c1", 1), result, alert("c1", 3));
            awaitEndOfTail(events);
            assertThat(events.lastEventId()).contains("~~");
        }
        for (int cut = 0; cut < 3; cut++) {
            int rest = 2 - cut;
            try (EventStream resumed = open("key=c1", all.get(cut).id())) {
                await().untilAsserted(() -> assertThat(resumed.results()).hasSize(rest));
                assertThat(resumed.results())
                        .extracting(EventParser.Event::data)
                        .containsExactlyInAnyOrderElementsOf(all.subList(cut + 1, 3).stream()
                                .map(EventParser.Event::data)
                                .toList());
            }
        }
    }

    @Test
    void shouldFilterAlertsByTheirJob() {
        // Given
        try (EventStream none = open("job=stream-x", null);
                EventStream some = open("job=fraud-detection", null)) {
            await().until(() ->
                    !none.lastEventId().isEmpty() && !some.lastEventId().isEmpty());
            // When
            log.put("alerts", null, "c5", alert("c5", 1));
            log.put(TOPIC, null, "k", result("stream-x", "k", SIX));
            // Then
            await().untilAsserted(() -> assertThat(none.data("window")).hasSize(1));
            await().untilAsserted(() -> assertThat(some.data("alert")).containsExactly(alert("c5", 1)));
            assertThat(none.data("alert")).isEmpty();
            assertThat(some.data("window")).isEmpty();
        }
    }

    @Test
    void shouldResumeAPositionFromBeforeThereWereAlerts() {
        // Given
        String old = position().toString();
        String missed = result("old-id", "k", SIX);
        log.put(TOPIC, null, "k", missed);
        // When
        try (EventStream events = open("job=old-id", old)) {
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(missed));
            assertThat(events.data("reset")).isEmpty();
            assertThat(Position.parse(events.lastEventId()).orElseThrow().topics())
                    .hasSize(3);
        }
    }

    /** The id goes past a transaction's marker a little after its last result. */
    private void awaitEndOfTail(EventStream events) {
        await().untilAsserted(() -> assertThat(events.lastEventId())
                .isEqualTo(feeds.tail().reached().toString()));
    }

    private double stalled() {
        return metrics.counter("streampane.results.stream.closed", "reason", "stalled")
                .count();
    }

    private int clients() {
        return (int) metrics.get("streampane.results.stream.clients").gauge().value();
    }

    private EventStream open(String query, String lastEventId) {
        return EventStream.open(URI.create(stream + "?" + query), lastEventId);
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 256);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        await().until(() -> latch.getCount() == 0);
    }
}
