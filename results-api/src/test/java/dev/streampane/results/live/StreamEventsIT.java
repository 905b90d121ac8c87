// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.EventParser;
import dev.streampane.results.EventStream;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RawHttp;
import dev.streampane.results.RealServers;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.store.ResultJson;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class StreamEventsIT extends OnFeeds {

    private static final String TOPIC = "window-results";
    private static final String PADDING = "\"padding\":\"" + "x".repeat(200_000) + "\",\"id\":";

    @TestHTTPResource("/api/v1/stream")
    URI stream;

    @Inject
    MeterRegistry metrics;

    @BeforeEach
    void connect() {
        await().until(feeds::settled);
    }

    @Test
    void shouldSendTheLastWindowsPerSeriesAndThenWhatComes() {
        // Given: three windows of one key, one of them twice, and a retracted one of another
        put(result("snap", "a", minute(0)));
        put(result("snap", "a", minute(1)));
        put(result("snap", "a", minute(2)));
        put(result("snap", "a", minute(2), 1, 2, true));
        put(result("snap", "b", minute(3)));
        put(result("snap", "b", minute(4)).replace("FINAL", "RETRACTED"));
        store.acknowledge(position());
        // When
        try (EventStream events = open("job=snap&snapshot=2")) {
            await().untilAsserted(() -> assertThat(events.data("snapshot-end")).hasSize(1));
            // Then
            assertThat(events.data("window"))
                    .containsExactly(
                            result("snap", "a", minute(1)),
                            result("snap", "a", minute(2), 1, 2, true),
                            result("snap", "b", minute(3)));
            assertThat(events.events().subList(0, 3)).allMatch(row -> row.id().isEmpty());
            JsonPath end = JsonPath.from(events.data("snapshot-end").get(0));
            assertThat(end.getInt("windows")).isEqualTo(3);
            assertThat(end.getBoolean("partial")).isFalse();
            assertThat(end.getString("position"))
                    .isEqualTo(events.events().get(3).id());
            // When
            String next = result("snap", "a", minute(5));
            put(next);
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).endsWith(next));
            assertThat(events.data("window")).hasSize(4);
        }
    }

    @Test
    void shouldTakeOlderWindowsFromElasticsearchBelowTheTailAlone() {
        // Given: a tail that does not reach back, and what Elasticsearch has
        put(result("both", "a", minute(5)));
        put(result("both", "a", minute(6)).replace("FINAL", "RETRACTED"));
        log.begin();
        for (int n = 0; n < 100; n++) {
            log.add(TOPIC, 0, "k", result("filler", "k" + n, minute(n)).replaceFirst("\"id\":", PADDING));
        }
        log.commit();
        put(result("both", "a", minute(7), 1, 2, true));
        put(result("both", "a", minute(8)).replace("FINAL", "RETRACTED"));
        await().until(() -> earliest().offsets()[0] > 0);
        long below = earliest().offsets()[0] - 1;
        long above = earliest().offsets()[0] + 1_000_000;
        String life = earliest().id();
        row(life, below, result("both", "a", minute(5)));
        row(life, below, result("both", "a", minute(7)));
        row(life, below, result("both", "a", minute(8)));
        row(life, above, result("both", "a", minute(9)));
        // what an earlier life of the topic left is a window like any other
        row("AAAAAAAAAAAAAAAAAAAAAA", above, result("both", "a", minute(10)));
        row(life, below, result("both", "b", minute(1)));
        row(life, below, result("both", "b", minute(2)));
        row(life, below, result("both", "b", minute(3)));
        row(life, below, result("both", "c", minute(1)).replace("FINAL", "RETRACTED"));
        store.refresh();
        // When: nothing is acknowledged above that
        store.acknowledge(new TopicPosition(TOPIC, life, new long[] {0, 0, 0, 0}));
        // Then
        shouldSnapshot("job=both&snapshot=2", "store-behind", result("both", "a", minute(7), 1, 2, true));
        // When
        store.acknowledge(position());
        // Then
        shouldSnapshot(
                "job=both&snapshot=2",
                null,
                result("both", "a", minute(10)),
                result("both", "b", minute(2)),
                result("both", "b", minute(3)),
                result("both", "a", minute(7), 1, 2, true));
        shouldSnapshot("job=both&key=b&snapshot=1", null, result("both", "b", minute(3)));
        shouldSnapshot("job=both&emit=early&snapshot=1", null);
    }

    @Test
    void shouldAdvanceTheIdByProgress() {
        try (EventStream events = open("job=nothing&key=nobody&spec=unknown")) {
            await().untilAsserted(() -> assertThat(events.data("progress")).isNotEmpty());
            String before = feeds.tail().reached().toString();
            put(result("something", "k", SIX));
            await().untilAsserted(() -> {
                List<EventParser.Event> all = events.events();
                EventParser.Event progress = all.get(all.size() - 1);
                assertThat(JsonPath.from(progress.data()).getString("position"))
                        .isEqualTo(progress.id())
                        .isEqualTo(feeds.tail().reached().toString())
                        .isNotEqualTo(before);
            });
            assertThat(events.events()).extracting(EventParser.Event::name).containsOnly("progress");
        }
    }

    /** An EventSource hears no comments: one that nothing else comes on would pass for dead. */
    @Test
    void shouldSayProgressAtEachHeartbeatWhenThePositionStays() {
        try (EventStream events = open("job=nothing")) {
            await().untilAsserted(() -> {
                String here = "{\"position\":\"" + feeds.tail().reached() + "\"}";
                assertThat(events.data("progress")).filteredOn(here::equals).hasSizeGreaterThan(2);
            });
            assertThat(events.comments()).isNotEmpty();
        }
    }

    @Test
    void shouldFilterByManyKeysJobsAndSpecificationsWordsToo() {
        // Given
        String word = "{\"op\":\"+I\",\"word\":\"alpha\",\"count\":3}";
        String wanted = result("many-a", "k1", SIX);
        String other = result("many-b", "alpha", SIX).replace("tumbling(1m)", "tumbling(5m)");
        try (EventStream words = open("job=word-count&key=alpha");
                EventStream keys = open("job=many-a&job=many-b&job=word-count&key=k1&key=alpha");
                EventStream specs = open("spec=tumbling(5m)&key=alpha")) {
            // When
            put(wanted);
            put(result("many-a", "k2", SIX));
            put(result("many-c", "k1", SIX));
            put(other);
            log.put("word-counts", 0, "alpha", word);
            log.put("word-counts", 0, "beta", word.replace("alpha", "beta"));
            // Then
            await().untilAsserted(() -> assertThat(keys.results()).hasSize(3));
            assertThat(keys.data("window")).containsExactlyInAnyOrder(wanted, other);
            assertThat(keys.data("word")).containsExactly(word);
            await().untilAsserted(() -> assertThat(words.data("word")).containsExactly(word));
            assertThat(words.data("window")).isEmpty();
            await().untilAsserted(() -> assertThat(specs.data("window")).containsExactly(other));
            assertThat(specs.data("word")).isEmpty();
        }
    }

    @Test
    void shouldBeginAtAnAppendTime() {
        // Given
        put(result("since", "k", minute(0)));
        Instant then = after(Instant.now());
        List<String> later = List.of(result("since", "k", minute(1)), result("since", "k", minute(2)));
        later.forEach(this::put);
        // When
        try (EventStream events = open("job=since&since=" + then)) {
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).hasSize(2));
            assertThat(events.data("window")).containsExactlyElementsOf(later);
        }
        try (EventStream events = open("job=since&since=" + after(Instant.now()))) {
            put(result("since", "k", minute(3)));
            await().untilAsserted(
                            () -> assertThat(events.data("window")).containsExactly(result("since", "k", minute(3))));
            assertThat(events.data("reset")).isEmpty();
        }
        String position = feeds.tail().position().toString();
        try (EventStream events = EventStream.open(URI.create(stream + "?job=since&since=" + then), position)) {
            await().until(() -> !events.comments().isEmpty());
            assertThat(events.results()).isEmpty();
        }
    }

    @Test
    void shouldSendPreviewsUntilTheWindowFires() {
        // Given
        String preview =
                result("early", "k", minute(1)).replace("FINAL", "EARLY").replace("\"rev\":1,", "");
        String result = result("early", "k", minute(1));
        try (EventStream early = open("job=early&emit=early");
                EventStream all = open("job=early&emit=all");
                EventStream finals = open("job=early")) {
            await().pollInterval(java.time.Duration.ofMillis(200)).untilAsserted(() -> {
                log.put("window-previews", 0, "k", preview);
                assertThat(early.data("window")).isNotEmpty();
                assertThat(all.data("window")).isNotEmpty();
            });
            // When
            put(result);
            await().untilAsserted(() -> assertThat(all.data("window")).contains(result));
            log.put("window-previews", 0, "k", preview);
            String other = preview.replace("\"k\"", "\"l\"").replace("~k~", "~l~");
            log.put("window-previews", 0, "l", other);
            // Then
            await().untilAsserted(() -> assertThat(early.data("window")).contains(other));
            await().untilAsserted(() -> assertThat(all.data("window")).contains(other));
            assertThat(all.data("window")
                            .subList(
                                    all.data("window").indexOf(result),
                                    all.data("window").size()))
                    .containsExactly(result, other);
            assertThat(early.data("window")).doesNotContain(result);
            await().untilAsserted(() -> assertThat(finals.data("window")).containsExactly(result));
        }
    }

    @Test
    void shouldSendLinesOfJsonAndResumeThem() throws IOException, InterruptedException {
        // Given
        String first = result("lines", "a", SIX);
        String second = result("lines", "b", SIX);
        String begin = feeds.tail().position().toString();
        put(first);
        put(second);
        // When
        List<JsonPath> lines = lines("job=lines&lastEventId=" + begin, 2);
        // Then
        assertThat(lines).extracting(line -> line.getString("event")).containsOnly("window");
        assertThat(lines).extracting(line -> line.getString("data.key")).containsExactlyInAnyOrder("a", "b");
        List<JsonPath> rest = lines("job=lines&lastEventId=" + lines.get(0).getString("id"), 1);
        assertThat(rest.get(0).getString("data.id")).isEqualTo(lines.get(1).getString("data.id"));
        List<JsonPath> snapshot = lines("job=lines&snapshot=1", 3);
        assertThat(snapshot.get(0).getString("id")).isNull();
        assertThat(snapshot.get(2).getString("event")).isEqualTo("snapshot-end");
    }

    @Test
    void shouldGiveASlowReaderTheNewestRevisionsAndSayWhatItLeftOut() throws IOException {
        // Given: a client that reads its place and then little
        try (Socket socket = RawHttp.open(stream, 4 << 10, "GET /api/v1/stream?job=slow HTTP/1.0\r\n\r\n")) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            while (!lines.readLine().startsWith("event: progress")) {
                assertThat(socket.isClosed()).isFalse();
            }
            lines.readLine();
            double before =
                    metrics.counter("streampane.results.stream.left.out").count();
            // When: 2,400 revisions of ten windows come meanwhile
            String padding = "\"padding\":\"" + "x".repeat(4_000) + "\",\"id\":";
            log.begin();
            for (int rev = 1; rev <= 240; rev++) {
                for (int key = 0; key < 10; key++) {
                    String result = result("slow", "k" + key, SIX, 1, rev, true);
                    log.add(TOPIC, key % 4, "k" + key, result.replaceFirst("\"id\":", padding));
                }
            }
            log.commit();
            List<String> meanwhile = new ArrayList<>();
            await().pollInterval(java.time.Duration.ofSeconds(1)).until(() -> {
                for (int n = 0; n < 64; n++) {
                    meanwhile.add(lines.readLine()); // so much that it does not pass for one that takes nothing
                }
                return feeds.tail()
                        .index()
                        .newest(id("slow", "k9", SIX))
                        .filter(e -> (e.version() & 0xFFFF) == 240)
                        .isPresent();
            });
            // Then
            Map<String, Integer> newest = new HashMap<>();
            int received = 0;
            int leftOut = 0;
            int next = 0;
            Iterator<String> all =
                    Stream.concat(meanwhile.stream(), lines.lines()).iterator();
            while (received + leftOut < 2_400) {
                String line = all.next();
                if (line.startsWith("event: ")) {
                    next = line.equals("event: conflated") ? 1 : line.equals("event: window") ? 2 : 0;
                } else if (line.startsWith("data: ") && next == 1) {
                    JsonNode conflated = ResultJson.read(line.substring(6));
                    leftOut += conflated.get("leftOut").intValue();
                    assertThat(Position.parse(conflated.get("from").textValue()))
                            .isPresent();
                    assertThat(Position.parse(conflated.get("to").textValue())).isPresent();
                } else if (line.startsWith("data: ") && next == 2) {
                    JsonNode window = ResultJson.read(line.substring(6));
                    received++;
                    newest.merge(
                            window.get("key").textValue(), window.get("rev").intValue(), Math::max);
                }
            }
            assertThat(leftOut).isPositive();
            assertThat(received + leftOut).isEqualTo(2_400);
            assertThat(newest).hasSize(10).allSatisfy((key, rev) -> assertThat(rev)
                    .isEqualTo(240));
            assertThat(metrics.counter("streampane.results.stream.left.out").count() - before)
                    .isGreaterThanOrEqualTo(leftOut);
        }
    }

    private void shouldSnapshot(String query, String reason, String... windows) {
        try (EventStream events = open(query)) {
            await().untilAsserted(() -> assertThat(events.data("snapshot-end")).hasSize(1));
            assertThat(events.data("window")).containsExactlyInAnyOrder(windows);
            JsonPath end = JsonPath.from(events.data("snapshot-end").get(0));
            assertThat(end.getString("reason")).isEqualTo(reason);
            assertThat(end.getBoolean("partial")).isEqualTo(reason != null);
            assertThat(end.getInt("windows")).isEqualTo(windows.length);
        }
    }

    /** So many lines that are not empty; a reset is none that is expected. */
    private List<JsonPath> lines(String query, int number) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(stream + "?" + query))
                .header("Accept", "application/x-ndjson")
                .build();
        HttpResponse<Stream<String>> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
        assertThat(response.headers().allValues("content-type")).containsExactly("application/x-ndjson");
        try (Stream<String> lines = response.body()) {
            List<JsonPath> found = new ArrayList<>();
            Consumer<String> add = line -> found.add(JsonPath.from(line));
            lines.filter(line -> !line.isEmpty()).limit(number).forEach(add);
            return found;
        }
    }

    /** Puts a result into partition 0 and waits until it is in the tail. */
    private void put(String result) {
        long offset = log.place(TOPIC, 0, "k", result).offset();
        await().until(() -> position().offsets()[0] > offset);
    }

    private void row(String life, long offset, String result) {
        JsonPath json = JsonPath.from(result);
        store.at(life, 0, offset, SIX).result(json.getString("job"), "2026.11", json.getString("id"), result);
    }

    private TopicPosition earliest() {
        return feeds.tail().earliest().topic(TOPIC).orElseThrow();
    }

    private EventStream open(String query) {
        EventStream events = EventStream.open(URI.create(stream + "?" + query), null);
        await().until(() -> !events.retry().isEmpty());
        return events;
    }

    private static Instant minute(int number) {
        return SIX.plusSeconds(60L * number);
    }

    /** The next instant whose millisecond is another one than that of {@code instant}. */
    private static Instant after(Instant instant) {
        await().pollInterval(java.time.Duration.ofMillis(1))
                .until(() -> Instant.now().toEpochMilli() > instant.toEpochMilli() + 1);
        return Instant.now();
    }
}
