// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anything;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.local.audit.TestLine;
import dev.streampane.local.server.CutProxy;
import dev.streampane.results.AtOnce;
import dev.streampane.results.DescribedAnswers;
import dev.streampane.results.Fixtures;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RawHttp;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.store.ResultJson;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows that are in the log, in the store, or in both. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class WindowQueryIT extends OnFeeds {

    private static final String WINDOWS = "/api/v1/windows";
    private static final String LINES = "application/x-ndjson";

    private static boolean stored;

    @RealServers.Running
    CutProxy network;

    @Inject
    JobRuns runs;

    @Inject
    MergedWindows windows;

    @Inject
    ReadConsistency consistency;

    @Inject
    Vertx vertx;

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void connect() {
        Served.awaitReady();
        await().until(feeds::settled);
        // what other tests have pushed out of the tail
        store.acknowledge(position());
    }

    @Test
    void shouldLetTheHigherVersionWinBeforeTheFiltersApply() {
        // Given: a is newer in the log, b in the store, c is in the log alone, d in the store alone
        log(
                revision("both-sides", "a", 2, "30.5"),
                revision("both-sides", "b", 1, "30.5"),
                revision("both-sides", "c", 1, "20.500000"));
        stored("both-sides", "a", revision("both-sides", "a", 1, "10.5"));
        stored("both-sides", "b", revision("both-sides", "b", 2, "10.5"));
        stored("both-sides", "d", revision("both-sides", "d", 1, "20.500001"));
        store.refresh();
        // Then
        keys("job=both-sides&order=asc").body("items.key", contains("a", "b", "c", "d"));
        keys("job=both-sides&order=asc").body("items.rev", contains(2, 2, 1, 1));
        keys("job=both-sides&status=REVISED&order=asc").body("items.key", contains("a", "b"));
        keys("job=both-sides&status=REVISED&status=FINAL&order=desc").body("items.key", contains("d", "c", "b", "a"));
        keys("job=both-sides&status=FINAL").body("items.key", contains("d", "c"));
        keys("job=both-sides&avg_load.gte=30.5").body("items.key", contains("a"));
        keys("job=both-sides&avg_load.lt=20.5").body("items.key", contains("b"));
        keys("job=both-sides&avg_load.lte=20.5&order=asc").body("items.key", contains("b", "c"));
        keys("job=both-sides&avg_load.gt=20.5&avg_load.lt=30&status=FINAL").body("items.key", contains("d"));
        keys("job=both-sides&key=a&key=d&key=a&key=none").body("items.key", contains("d", "a"));
        keys("job=both-sides&kind=tumbling&kind=session&spec=tumbling(1m)&spec=session(30s)")
                .body("items", hasSize(4));
        keys("job=both-sides&kind=session").body("items", hasSize(0));
    }

    @Test
    void shouldLeaveOutAPaneThatANewGenerationHasMadeOfOtherRecords() {
        // Given: its id is a number, and its newest revision begins later
        String id = "panes~global-count30~k~0";
        Instant later = SIX.plusSeconds(5);
        log(result("panes", "k", later, 2, 1, true).replace(id("panes", "k", later), id));
        store.result("panes", MONTH, id, result("panes", "k", SIX).replace(id("panes", "k", SIX), id));
        store.refresh();
        // Then
        keys("job=panes&from=" + SIX + "&to=" + SIX.plusSeconds(3)).body("items", hasSize(0));
        keys("job=panes&from=" + SIX).body("items.window.start", contains(later.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"early", "unguarded", "global"})
    void shouldNotAnswerFromMemoryAloneWhatItMayNotHave(String job) {
        // Given
        log(result(job, "warm", SIX));
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        switch (job) {
            case "early" -> log(result(job, "k", start)); // before its window's end
            case "global" -> {
                log.put("job-runs", null, job + "/1", Fixtures.jobRun(job, 1, "global(count=5)", null));
                await().until(() -> runs.newest(job).isPresent());
            }
            default -> {
                String line = TestLine.of(new AuditLine.Key(job, 1, "readings", "t", 0), 0, 0)
                        .counted("tumbling(1m)", 1)
                        .json()
                        .replace("\"unguarded\":0", "\"unguarded\":1");
                assertThat(line).contains("\"unguarded\":1");
                log.put("audit", null, null, line);
                await().until(() -> Integer.valueOf(1)
                        .equals(given().get("/api/v1/audit?job=" + job).path("items[0].unguarded")));
            }
        }
        // When
        network.cutOff();
        // Then
        try {
            answer(503, WINDOWS + "?job=" + job + "&from=" + start);
        } finally {
            network.restore();
        }
    }

    @Test
    void shouldAnswerTheCompleteRevisionThatElasticsearchAloneHas() {
        // Given
        log.put("job-runs", null, "restarted/2", Fixtures.jobRun("restarted", 2, "tumbling(1m)", null));
        await().until(() -> runs.newest("restarted").isPresent());
        log(result("restarted", "k", SIX, 2, 1, false));
        stored("restarted", "k", result("restarted", "k", SIX));
        store.refresh();
        // Then
        ok(WINDOWS + "/{id}", id("restarted", "k", SIX)).body("generation", equalTo(1));
    }

    @Test
    void shouldTakeTimesAsElasticsearchDoesInDocumentsThatNoJobWrote() {
        DescribedAnswers.ignore();
        // Given
        log(result("by-hand", "a", SIX.plusSeconds(60)));
        stored(
                "by-hand",
                "b",
                result("by-hand", "b", SIX)
                        .replace("2026-11-20T06:00:00Z", "2026-11-20 06:00:00")
                        .replace("2026-11-20T06:01:00Z", "2026-11-20 06:01:00"));
        store.refresh();
        // Then
        keys("job=by-hand").body("items.key", contains("a", "b"));
        keys("job=by-hand&to=2026-11-20T06:00:01Z").body("items.window.start", contains("2026-11-20 06:00:00"));
        ok("/api/v1/jobs/by-hand/keys")
                .body("items.last.start", contains("2026-11-20T06:01:00Z", "2026-11-20T06:00:00Z"));
        ok("/api/v1/jobs").body("items.job", hasItems("by-hand"));
        ok(WINDOWS + "/aggregate?job=by-hand&fn=count&interval=1m").body("items.whole", contains(true, true));
    }

    @Test
    void shouldSayWhatMoreThereIsAndLinkToIt() {
        // Given
        log(result("more", "a", SIX), result("more", "b", SIX));
        // When: the request line takes 4,093 bytes
        String others = ("&key=" + "o".repeat(244)).repeat(16);
        Response first = given().get(WINDOWS + "?job=more&limit=1&order=asc&key=a&key=b" + others);
        // Then
        first.then()
                .body("truncated", equalTo(true))
                .header("Streampane-Position", equalTo(first.path("position")))
                .header("Link", endsWith("&after=" + first.path("next") + ">; rel=\"next\""));
        String link = first.header("Link");
        ok(given().urlEncodingEnabled(false), link.substring(1, link.indexOf('>')))
                .body("items.key", contains("b"))
                .body("next", equalTo(null))
                .body("truncated", equalTo(false));
    }

    @Test
    void shouldLinkToWhereMoreOfAWindowIsTold() {
        // Given: an id with what a path must not have as it is
        String id = id("linked", "a%2Fb", SIX);
        log(result("linked", "a/b", SIX).replace(id("linked", "a/b", SIX), id));
        // When
        Response page = given().get(WINDOWS + "?job=linked");
        // Then
        String self = "/api/v1/windows/" + id.replace("%", "%25");
        page.then()
                .body("items[0].links.self", equalTo(self))
                .body("items[0].links.history", equalTo(self + "/history"))
                .body("items[0].links.explain", equalTo(self + "/explain"));
        ok(given().urlEncodingEnabled(false), self).body("id", equalTo(id));
        ok(WINDOWS + "?job=linked&fields=links.self,key")
                .body("items[0].links", equalTo(Map.of("self", self)))
                .body("items[0].size()", equalTo(2));
    }

    @Test
    void shouldSendWindowsAsCsv() {
        // Given: more than a part takes, and a key that has to be quoted
        store.bulk("window-results-csv-" + MONTH, newestFirst("csv", 700).subList(1, 700));
        String odd = "=a,\"b\"\nc";
        log(result("csv", "k", SIX).replace("\"key\":\"k\"", "\"key\":" + TextNode.valueOf(odd)));
        // When
        Response some = given().accept("Text/CSV")
                .get(WINDOWS + "?job=csv&fields=values.avg_load,window.start,key,inputs.topic,mergedInto");
        // Then
        some.then()
                .statusCode(200)
                .header("Content-Type", "text/csv; charset=utf-8; header=present")
                .header("Streampane-Position", startsWith("window-results~"));
        List<String> lines = List.of(some.asString().split("\r\n"));
        assertThat(lines).hasSize(701);
        assertThat(lines.subList(0, 3))
                .containsExactly(
                        "key,window.start,mergedInto,values.avg_load,inputs",
                        "\"=a,\"\"b\"\"\nc\",2026-11-20T06:00:00Z,,19.380000,\"[{\"\"topic\"\":\"\"device-readings\"\"}]\"",
                        "k,2026-11-20T05:59:00Z,,19.380000,\"[{\"\"topic\"\":\"\"device-readings\"\"}]\"");
        assertThat(given().accept("text/csv")
                        .get(WINDOWS + "?job=csv&key=k&limit=1")
                        .asString())
                .startsWith("id,job,spec,key,window.kind,window.number,window.start,window.end,window.zone,generation,")
                .contains(",\"{\"\"avg_load\"\":19.380000,\"\"min_load\"\":-0.500000}\",")
                .doesNotContain("links");
        // an empty line is none to many who read a CSV
        assertThat(given().accept("text/csv")
                        .get(WINDOWS + "?job=csv&limit=2&fields=mergedInto")
                        .asString())
                .isEqualTo("mergedInto\r\n\"\"\r\n\"\"\r\n");
        answer(given().accept("text/csv"), 400, WINDOWS + "?job=csv&limit=0").contentType("application/problem+json");
        answer(given().accept("text/csv"), 404, WINDOWS + "?job=no-such-job");
        for (String accept : List.of("text/*", "text/csv, */*", "application/json;q=0.5, text/csv")) {
            ok(given().header("Accept", accept), WINDOWS + "?job=csv&limit=1").contentType("text/csv");
        }
        for (String accept : List.of("*/*, text/csv;q=0.1", "application/*, text/csv;q=0.1", "text/csv;q=0, */*")) {
            ok(given().header("Accept", accept), WINDOWS + "?job=csv&limit=1").contentType("application/json");
        }
        given().header("Accept", "*/*, application/json;q=0, application/x-ndjson;q=0.1")
                .get(WINDOWS + "?job=csv&limit=1")
                .then()
                .contentType("text/csv");
    }

    @Test
    void shouldNameTheValuesThatThereAreWhenOneIsUnknown() {
        // Given
        log(result("named", "a", SIX));
        log(result("rare", "a", SIX.minusSeconds(6_000)).replace("avg_load", "seldom"));
        IntStream.range(0, 60).forEach(n -> log(result("rare", "a", SIX.minusSeconds(60L * n))));
        stored("stored-names", "a", result("stored-names", "a", SIX));
        store.refresh();
        // Then: behind as many newer ones as are looked at first
        ok(WINDOWS + "?job=rare&fields=values.seldom");
        for (String job : List.of("named", "stored-names")) {
            answer(400, WINDOWS + "?job=" + job + "&totl.gte=1&fields=values.leest")
                    .body("violations.parameter", hasItems("totl.gte", "fields"))
                    .body("detail", containsString("avg_load, min_load"));
        }
    }

    @Test
    void shouldRevalidateByRevision() {
        // Given
        String id = id("etag", "a", SIX);
        log(result("etag", "a", SIX));
        Response first = given().get(WINDOWS + "/{id}", id);
        String tag = first.header("ETag");
        // Then
        assertThat(tag).matches("W/\"1000000100000001-[0-9a-f]{1,8}\"");
        first.then()
                .header("Cache-Control", "private, no-cache")
                .header("Streampane-Position", containsString("window-results~"));
        assertThat(first.headers().getValues("Link"))
                .containsExactly(
                        "</api/v1/windows/" + id + "/history>; rel=\"version-history\"",
                        "</api/v1/windows/" + id + "/explain>; rel=\"explain\"");
        answer(given().header("If-None-Match", "\"x\", " + tag), 304, WINDOWS + "/{id}", id)
                .header("ETag", tag)
                .body(equalTo(""));
        ok(given().header("If-None-Match", "\"x\""), WINDOWS + "/{id}", id);
        given().head(WINDOWS + "/{id}", id)
                .then()
                .statusCode(200)
                .header("ETag", tag)
                .body(equalTo(""));
        // When
        log(revision("etag", "a", 2, "1.5"));
        // Then
        ok(given().header("If-None-Match", tag), WINDOWS + "/{id}", id).body("rev", equalTo(2));
        stored("etag-stored", "a", result("etag-stored", "a", SIX));
        store.refresh();
        assertThat(given().get(WINDOWS + "/{id}", id("etag-stored", "a", SIX)).header("ETag"))
                .startsWith("W/\"1000000100000001-");
    }

    @Test
    void shouldAnswerTheSameWithoutParametersAsWithThem() throws Exception {
        // Given: of a job's newest generation, so that memory alone tells them
        String id = id("same", "é", SIX);
        log.put("job-runs", null, "same/1", Fixtures.jobRun("same", 1, "tumbling(1m)", null));
        log(result("same", "a", SIX));
        log(result("same", "é", SIX));
        await().until(() -> windows.ofTail(id("same", "a", SIX)).isPresent()
                && windows.ofTail(id).isPresent());
        URI plain = root.resolve(WINDOWS + "/" + id("same", "a", SIX));
        String position = given().get(plain).header("Streampane-Position");
        String tag = given().get(plain).header("ETag");
        // Then
        for (String encoding : List.of("gzip", "identity")) {
            for (String known : List.of(tag, "\"x\"")) {
                String[] headers = {"Accept-Encoding", encoding, "If-None-Match", known};
                HttpResponse<byte[]> with = send(URI.create(plain + "?atLeast=" + position), headers);
                HttpResponse<byte[]> without = send(plain, headers);
                assertThat(without.statusCode()).isEqualTo(with.statusCode()).isEqualTo(known.equals(tag) ? 304 : 200);
                assertThat(without.headers()).isEqualTo(with.headers());
                assertThat(without.body()).isEqualTo(with.body());
            }
        }
        DescribedAnswers.ignore(); // the contract has no such ids
        ok(WINDOWS + "/{id}", id).body("key", equalTo("é"));
        for (URI uri : List.of(plain, URI.create(plain + "?atLeast=" + position))) {
            assertThat(send(uri, "Accept", "text/csv").statusCode()).isEqualTo(406);
            assertThat(send(uri, "Accept", "text/plain;x=\"a, application/json\"")
                            .statusCode())
                    .isEqualTo(406);
            assertThat(send(uri, "Accept", "text/plain;x=\"a,b\", application/json")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldRevalidateWhatWasCompressed() throws Exception {
        // Given
        log(result("etag-gzip", "a", SIX));
        URI window = root.resolve(WINDOWS + "/" + id("etag-gzip", "a", SIX));
        HttpResponse<byte[]> kept = send(window, "Accept-Encoding", "gzip");
        assertThat(kept.headers().firstValue("Content-Encoding")).contains("gzip");
        String tag = kept.headers().firstValue("ETag").orElseThrow();
        // When
        HttpResponse<byte[]> answer = send(window, "Accept-Encoding", "gzip", "If-None-Match", tag);
        // Then: as a strong tag would not be, it is that of the plain window, too
        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(tag).startsWith("W/");
        assertThat(answer.headers().allValues("ETag")).containsExactly(tag);
        assertThat(send(window, "Accept", "*/*").headers().allValues("ETag")).containsExactly(tag);
    }

    private static HttpResponse<byte[]> send(URI uri, String... headers) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).headers(headers).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void shouldWaitForAPositionThatThisProcessHasNotReached() {
        // Given: one record behind what has been read in partition 0, which may end in a
        // transaction's marker
        TopicPosition now = position();
        long[] offsets = now.offsets().clone();
        offsets[0] += 2;
        String wanted = new TopicPosition(now.name(), now.id(), offsets).toString();
        Instant start = SIX.plusSeconds(3_600);
        log.begin()
                .add("window-results", 0, "late", result("awaited", "k", start))
                .flush();
        // When: it is asked for first, and committed then
        CompletableFuture<Void> committed = AtOnce.begin(() -> {
            try {
                await().atMost(Duration.ofSeconds(20)).until(() -> consistency.waiting() > 0);
            } finally {
                log.commit();
            }
        });
        Response answer = given().get(WINDOWS + "/{id}?atLeast={position}", id("awaited", "k", start), wanted);
        committed.join();
        // Then
        answer.then().statusCode(200);
        assertThat(Position.parse(answer.header("Streampane-Position"))
                        .orElseThrow()
                        .topics()
                        .get(0)
                        .offsets()[0])
                .isGreaterThan(now.offsets()[0]);
    }

    @Test
    void shouldSay504WithWhereItIsWhenAPositionDoesNotCome() {
        // Given
        TopicPosition now = position();
        long[] offsets = now.offsets().clone();
        offsets[1] += 1_000;
        String wanted = new TopicPosition(now.name(), now.id(), offsets).toString();
        // Then: also within a position in several topics, and in one with a partition that is not
        // known yet
        AtOnce.run(List.of(wanted, "alerts~x~5~~" + wanted, now + ".7").stream()
                .flatMap(position -> Stream.of(WINDOWS + "?job=x", WINDOWS + "/x")
                        .<Runnable>map(path -> () -> assertNotYet(path, position))));
    }

    private void assertNotYet(String path, String atLeast) {
        long began = System.nanoTime();
        answer(given().queryParam("atLeast", atLeast), 504, path)
                .body("type", equalTo("/problems/not-yet"))
                .body("position", containsString("window-results~" + position().id()));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void shouldRefuseWhatIsNoPositionHere() {
        for (String position : List.of("x", "", "zoo~a~1", "window-results~earlier~0.0.0.0", "window-results~~1")) {
            for (String path : List.of(WINDOWS + "?job=x", WINDOWS + "/x")) {
                answer(given().queryParam("atLeast", position), 400, path)
                        .body("violations[0].parameter", equalTo("atLeast"))
                        .body("detail", position.contains("earlier") ? containsString("recreated") : anything());
            }
        }
        // of other topics only
        answer(404, WINDOWS + "?job=nobody&atLeast=alerts~x~5");
    }

    @Test
    void shouldPageFartherThanASearchOfElasticsearchReaches() {
        // Given: deep paging > 10 000, where from + size of a search ends
        int windows = 10_250;
        store.bulk("window-results-deep-" + MONTH, newestFirst("deep", windows));
        // When
        List<String> seen = Served.ids(WINDOWS + "?job=deep&limit=500&fields=id");
        // Then
        assertThat(seen).isEqualTo(ids("deep", windows));
    }

    @Test
    void shouldSendLinesUntilThereAreNoMore() {
        // Given: more than a part takes, half of them in the store alone
        List<String> results = newestFirst("lines", 1_300);
        store.bulk("window-results-lines-" + MONTH, results);
        log(results.subList(0, 20).toArray(String[]::new));
        // When
        Response answer = given().accept(LINES).get(WINDOWS + "?job=lines&fields=id");
        // Then
        answer.then().statusCode(200).contentType(LINES);
        List<JsonNode> lines = lines(answer.asString());
        assertThat(lines.subList(0, 1_300))
                .extracting(line -> line.path("id").asText())
                .containsExactlyElementsOf(ids("lines", 1_300));
        JsonNode last = lines.get(1_300);
        assertThat(last.path("next").isNull()).isTrue();
        assertThat(last.path("truncated").asBoolean()).isFalse();
        assertThat(last.path("position").asText()).isEqualTo(answer.header("Streampane-Position"));
        assertThat(lines).hasSize(1_301);
        // When: only some of them, and then the rest
        List<JsonNode> some = lines(
                given().accept(LINES).get(WINDOWS + "?job=lines&limit=700").asString());
        // Then
        assertThat(some).hasSize(701);
        assertThat(some.get(700).path("truncated").asBoolean()).isTrue();
        List<JsonNode> rest = lines(given().accept(LINES)
                .queryParam("after", some.get(700).path("next").asText())
                .get(WINDOWS + "?job=lines")
                .asString());
        assertThat(rest).hasSize(601);
        given().accept(LINES)
                .head(WINDOWS + "?job=lines")
                .then()
                .statusCode(200)
                .body(equalTo(""));
        answer(given().accept(LINES), 400, WINDOWS + "?job=lines&limit=0").contentType("application/problem+json");
        given().header("Accept", "application/x-ndjson;q=0.5, application/json")
                .get(WINDOWS + "?job=lines&limit=1")
                .then()
                .contentType("application/json");
    }

    @Test
    void shouldSendAllLinesToClientsThatTakeTheirTime() {
        // Given
        many();
        String known = "job=many&atLeast=" + position();
        // When Then: the last two take a part in more than the stall timeout
        AtOnce.run(
                () -> takeSlowly("job=many", 1_500, 6_000),
                () -> takeSlowly(known, 1_500, 6_000),
                () -> takeSlowly("job=many", 40, 12_000),
                () -> takeSlowlyOverHttp2(12_000));
    }

    /** For a while one frame of 16 KiB at a time. */
    private void takeSlowlyOverHttp2(int forMillis) {
        HttpClientOptions http2 =
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
        Buffer answer = Buffer.buffer();
        vertx.createHttpClient(http2)
                .request(HttpMethod.GET, root.getPort(), root.getHost(), WINDOWS + "?job=many")
                .compose(request -> request.putHeader("Accept", LINES).send())
                .compose(response -> {
                    response.pause().handler(answer::appendBuffer);
                    long slowly = vertx.setPeriodic(400, next -> response.fetch(1));
                    vertx.setTimer(forMillis, late -> {
                        vertx.cancelTimer(slowly);
                        response.resume();
                    });
                    return response.end();
                })
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        assertWhole("over HTTP/2", answer.getString(answer.length() - 300, answer.length()));
    }

    private void takeSlowly(String query, int bytesPerMilli, int forMillis) {
        String client = "%s, %d bytes/ms".formatted(query, bytesPerMilli);
        try (Socket socket = ask(query, LINES)) {
            InputStream answer = socket.getInputStream();
            Instant begin = Instant.now();
            AtomicLong taken = new AtomicLong();
            // longer than what was found visible is believed
            await().pollInterval(Duration.ofMillis(50)).until(() -> {
                long millis = begin.until(Instant.now(), ChronoUnit.MILLIS);
                int due = (int) (bytesPerMilli * millis - taken.get());
                taken.addAndGet(answer.readNBytes(due).length);
                return millis > forMillis;
            });
            String rest = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            assertWhole(client, rest.substring(rest.length() - 300));
        } catch (IOException e) {
            throw new UncheckedIOException(client, e);
        }
    }

    private static void assertWhole(String client, String end) {
        assertThat(end).as(client).contains("{\"next\":null,\"truncated\":false,");
    }

    @Test
    void shouldCutOffAClientThatTakesNothing() throws Exception {
        // Given
        many();
        await().until(() -> activeRequests() == 0);
        // When
        try (Socket stuck = ask("job=many", LINES)) {
            assertThat(stuck.getInputStream().readNBytes(1_000)).hasSize(1_000);
            // Then: though it is still there
            await().atMost(Duration.ofSeconds(30)).until(() -> activeRequests() == 0);
            assertThat(untilCut(stuck.getInputStream())).doesNotEndWith("\r\n0\r\n\r\n");
        }
    }

    /** Requests that are not answered to the end, but for the one that asks. */
    private static double activeRequests() {
        return Served.management()
                        .get("/q/metrics")
                        .asString()
                        .lines()
                        .filter(line -> line.startsWith("http_server_active_requests"))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .sum()
                - 1;
    }

    @Test
    void shouldEndLinesWithAProblemAndCutOffCsvWhenTheStoreGoesAwayOnTheWay() throws Exception {
        // Given: more than the connections take without their being read
        many();
        try (Socket lines = ask("job=many", LINES);
                Socket csv = ask("job=many", "text/csv")) {
            for (Socket each : List.of(lines, csv)) {
                assertThat(each.getInputStream().readNBytes(1_000)).hasSize(1_000);
            }
            // When
            network.cutOff();
            try {
                String rest = new String(lines.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                String cut = untilCut(csv.getInputStream());
                // Then
                assertThat(rest)
                        .contains("\n{\"error\":{\"type\":\"/problems/store-unavailable\"")
                        .doesNotContain("\"truncated\"");
                assertThat(cut).contains("\r\nmany~tumbling-1m~k~").doesNotEndWith("\r\n0\r\n\r\n");
            } finally {
                network.restore();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"middle", "last"})
    void shouldCutOffAnAnswerOfWhichAWriteIsLost(String which) throws Exception {
        // Given
        many();
        String headers = "Accept: " + LINES + "\r\n" + LostWrite.HEADER + ": " + which + "\r\n";
        // When
        String request = RawHttp.request("GET", WINDOWS + "?job=many", headers).replace("Connection: close\r\n", "");
        try (Socket lines = RawHttp.open(root, 0, request)) {
            String cut = untilCut(lines.getInputStream());
            // Then
            assertThat(cut.substring(0, 1_000)).contains("\n{\"id\":\"many~tumbling-1m~k~");
            assertThat(cut.substring(cut.length() - 100)).doesNotEndWith("\r\n0\r\n\r\n");
        }
    }

    private static String untilCut(InputStream answer) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            answer.transferTo(read);
        } catch (SocketTimeoutException stillOpen) {
            throw new AssertionError("it is not cut", stillOpen);
        } catch (IOException reset) {
            // the bytes before it have been read
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    /** The results of so many minutes, the last of which begins at six. */
    private static List<String> newestFirst(String job, int minutes) {
        return IntStream.range(0, minutes)
                .mapToObj(minute -> result(job, "k", SIX.minusSeconds(60L * minute)))
                .toList();
    }

    private static List<String> ids(String job, int minutes) {
        return IntStream.range(0, minutes)
                .mapToObj(minute -> id(job, "k", SIX.minusSeconds(60L * minute)))
                .toList();
    }

    /** 9,000 windows of 1.6 kB, in the store alone, once for all tests. */
    private void many() {
        if (stored) {
            return;
        }
        stored = true;
        String pad = "\"jobVersion\":\"" + "v".repeat(900) + "\"";
        List<String> results = newestFirst("many", 9_000).stream()
                .map(result -> result.replace("\"jobVersion\":\"1.0.0\"", pad))
                .toList();
        for (int from = 0; from < 9_000; from += 1_500) {
            store.bulk("window-results-many-" + MONTH, results.subList(from, from + 1_500));
        }
    }

    /** Asks on a connection that takes little at once. */
    private Socket ask(String query, String accept) throws IOException {
        return RawHttp.open(
                root, 256 << 10, RawHttp.request("GET", "/api/v1/windows?" + query, "Accept: " + accept + "\r\n"));
    }

    @Test
    void shouldAnswerFromMemoryWhatIsThereWhileElasticsearchIsAway() {
        // Given: windows of the last minutes, whose job is known, and one that is older than what
        // the tail is sure to have
        log(result("memory", "warm", SIX.minus(30, ChronoUnit.DAYS)));
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        List<String> results = IntStream.range(0, 3)
                .mapToObj(n -> second("memory", "k" + n, start))
                .toList();
        await().until(() -> Instant.now().isAfter(start.plusSeconds(1)));
        log(results.toArray(String[]::new));
        network.cutOff();
        try {
            // Then
            keys("job=memory&order=asc&from=" + start).body("items.key", contains("k0", "k1", "k2"));
            keys("job=memory&limit=2").body("items.key", contains("k2", "k1")).body("truncated", equalTo(true));
            keys("job=memory&from=" + start + "&status=REVISED").body("items", hasSize(0));
            ok(WINDOWS + "/{id}", secondId("memory", "k1", start));
            String from = answer(503, WINDOWS + "?job=memory&order=asc")
                    .body("type", equalTo("/problems/store-unavailable"))
                    .header("Retry-After", "5")
                    .extract()
                    .path("detail");
            keys("job=memory&from=" + from.replaceAll("(?s).*from=(\\S+),.*", "$1"))
                    .body("items", hasSize(3));
            Served.awaitStoreAway();
            Served.management()
                    .get("/q/health/ready")
                    .then()
                    .statusCode(200)
                    .body("checks.find { it.name == 'elasticsearch' }.data.reachable", equalTo(false))
                    .body("checks.find { it.name == 'elasticsearch' }.data.required", equalTo(false))
                    .body("checks.find { it.name == 'elasticsearch' }.data.works", containsString("windows since 20"));
        } finally {
            network.restore();
        }
        await().untilAsserted(() -> ok(WINDOWS + "?job=memory&order=asc"));
    }

    private void log(String... results) {
        TopicPosition before = position();
        log.begin();
        for (String result : results) {
            log.add("window-results", 2, "k", result);
        }
        log.commit();
        await().until(() -> position().offsets()[2] >= before.offsets()[2] + results.length);
    }

    private void stored(String job, String key, String result) {
        store.result(job, MONTH, id(job, key, SIX), result);
    }

    private static String revision(String job, String key, int rev, String average) {
        return result(job, key, SIX, 1, rev, true).replace("19.380000", average);
    }

    /** A window of one second. */
    private static String second(String job, String key, Instant start) {
        return result(job, key, start)
                .replace(id(job, key, start), secondId(job, key, start))
                .replace("\"end\":\"" + start.plusSeconds(60), "\"end\":\"" + start.plusSeconds(1));
    }

    private static String secondId(String job, String key, Instant start) {
        return id(job, key, start).replace("tumbling-1m", "tumbling-1s");
    }

    private static ValidatableResponse keys(String query) {
        return ok(WINDOWS + "?" + query);
    }

    private static List<JsonNode> lines(String text) {
        return text.lines().map(ResultJson::read).toList();
    }
}
