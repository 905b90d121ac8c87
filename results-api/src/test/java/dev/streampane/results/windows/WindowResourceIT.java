// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import dev.streampane.local.ContractFiles;
import dev.streampane.local.server.CutProxy;
import dev.streampane.results.DescribedAnswers;
import dev.streampane.results.Fixtures;
import dev.streampane.results.Log;
import dev.streampane.results.RawHttp;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import dev.streampane.results.Store;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class WindowResourceIT {

    private static final String MONTH = "2026.11";

    @TestHTTPResource("/")
    URI root;

    @RealServers.Running
    CutProxy network;

    @RealServers.Running
    Store store;

    @RealServers.Running
    Log log;

    @BeforeEach
    void awaitReady() {
        Served.awaitReady();
    }

    @Test
    void shouldAnswerResultDigitByDigitWithoutWhatTheIndexAdds() {
        // Given
        String expected = result("digits", "k1", SIX);
        store.result("digits", MONTH, id("digits", "k1", SIX), expected).refresh();
        // When
        String one =
                given().get("/api/v1/windows/{id}", id("digits", "k1", SIX)).asString();
        String page = given().get("/api/v1/windows?job=digits").asString();
        // Then
        assertThat(one).isEqualTo(expected);
        assertThat(page)
                .startsWith("{\"items\":[" + expected.substring(0, expected.length() - 1)
                        + ",\"links\":{\"self\":\"/api/v1/")
                .contains("}}],\"next\":null,\"truncated\":false,\"position\":\"window-results~");
        assertThat(ContractFiles.of("window-result").violations(one.getBytes(UTF_8)))
                .isEmpty();
    }

    @Test
    void shouldAnswerEveryExampleOfTheContractAsItWasWritten() {
        DescribedAnswers.ignore(); // their ids are not those of the contract
        // Given
        Map<String, String> examples = Fixtures.examples("window-result");
        examples.forEach((id, example) -> store.result(job(id), "2026.10", id, example));
        store.refresh();
        // Then
        examples.forEach((id, example) ->
                assertThat(given().get("/api/v1/windows/{id}", id).asString()).isEqualTo(example));
        examples.keySet().stream()
                .map(WindowResourceIT::job)
                .distinct()
                .forEach(job -> store.send("DELETE", "/window-results-" + job + "-2026.10", ""));
    }

    private static String job(String id) {
        return id.substring(0, id.indexOf('~'));
    }

    @Test
    void shouldFilterByKeySpecAndHalfOpenRange() {
        // Given
        for (int minute = 0; minute < 4; minute++) {
            Instant start = SIX.plusSeconds(60L * minute);
            store.result("filter", MONTH, id("filter", "k1", start), result("filter", "k1", start));
            store.result("filter", MONTH, id("filter", "k2", start), result("filter", "k2", start));
        }
        store.refresh();
        // Then
        ok(
                        given().queryParam("to", "2026-11-20T07:03:00+01:00"),
                        "/api/v1/windows?job=filter&key=k1&spec=tumbling(1m)&from=2026-11-20T06:01:00Z")
                .body(
                        "items.id",
                        contains(id("filter", "k1", SIX.plusSeconds(120)), id("filter", "k1", SIX.plusSeconds(60))));
        ok("/api/v1/windows?job=filter&from=2026-11-20T06:00:00.000000001Z&to=2026-11-20T06:01:00.000000001Z")
                .body("items.window.start", contains("2026-11-20T06:01:00Z", "2026-11-20T06:01:00Z"));
        ok("/api/v1/windows?job=filter&spec=tumbling(2m)").body("items", hasSize(0));
    }

    @Test
    void shouldFindKeyThatLooksLikeAQueryAsATerm() {
        // Given
        String key = "a:b OR 1 * ? /.. <script>";
        String id = "terms~tumbling-1m~k~20261120T060000.000Z~20261120T060100.000Z";
        store.result("terms", MONTH, id, result("terms", "k", SIX).replace("\"key\":\"k\"", "\"key\":\"" + key + "\""))
                .refresh();
        // Then
        ok(given().queryParam("key", key), "/api/v1/windows?job=terms").body("items.key", contains(key));
        for (String other : List.of("*", "?", "a:b OR 1", "{\"query\":{\"match_all\":{}}}", "\u0000")) {
            ok(given().queryParam("key", other), "/api/v1/windows?job=terms").body("items", hasSize(0));
        }
    }

    @Test
    void shouldFindKeyOfBytesThatAreNotPercentEncoded() throws IOException {
        // Given
        String json = result("unencoded", "k", SIX).replace("\"key\":\"k\"", "\"key\":\"für\"");
        store.result("unencoded", MONTH, id("unencoded", "k", SIX), json).refresh();
        // When: as curl sends it, byte by byte
        String target = "/api/v1/windows?job=unencoded&key=f\u00C3\u00BCr";
        String body = new RawHttp(root).send(RawHttp.request("GET", target, "")).body();
        // Then
        assertThat(JsonPath.from(body).getList("items.key")).containsExactly("für");
    }

    @Test
    void shouldNotLeaveOutWhatAClosedIndexHolds() {
        // Given
        String id = id("closed", "k", SIX);
        store.result("closed", MONTH, id, result("closed", "k", SIX)).refresh();
        store.send("POST", "/window-results-closed-" + MONTH + "/_close", "");
        try {
            for (String path : List.of("/api/v1/windows?job=closed&key=k", "/api/v1/windows/" + id)) {
                // When Then
                answer(503, path).body("type", equalTo("/problems/store-unavailable"));
            }
        } finally {
            store.send("POST", "/window-results-closed-" + MONTH + "/_open?wait_for_active_shards=1", "");
        }
    }

    @Test
    void shouldAnswerEmptyListWhenAKnownJobHasNoIndexYet() {
        // Given
        log.put("job-runs", null, "fresh/1", Fixtures.jobRun("fresh", 1, "tumbling(1m)", null));
        await().until(() -> Served.jobs().contains("fresh"));
        // Then
        ok("/api/v1/windows?job=fresh")
                .body("items", hasSize(0))
                .body("next", equalTo(null))
                .body("truncated", equalTo(false));
    }

    @Test
    void shouldAnswer404ForUnknownJobAndId() {
        answer(404, "/api/v1/windows?job=nobody")
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/unknown-job"))
                .body("violations[0].parameter", equalTo("job"));
        answer(404, "/api/v1/windows/nothing").body("type", equalTo("/problems/unknown-id"));
        answer(404, "/api/v1/windows/nothing/history");
        answer(given().urlEncodingEnabled(false), 404, "/api/v1/windows/nobody~s~%C4%A3~1~2")
                .body("detail", containsString("in a path its % is %25"));
    }

    @Test
    void shouldListJobsFromTheirRunsTheStoreAndTheFeed() {
        // Given
        store.result("stored-only", MONTH, id("stored-only", "k", SIX), result("stored-only", "k", SIX))
                .refresh();
        Instant later = SIX.plusSeconds(600);
        log.put("window-results", null, "k", result("fed-only", "k", later, 3, 1, true));
        for (int generation : new int[] {2, 1}) {
            log.put("job-runs", null, "announced/" + generation, """
                    {"job":"announced","generation":%d,"jobId":"x","specs":["tumbling(1m)"],"settings":{},\
                    "started":"2026-11-20T05:59:58Z","jobVersion":"1.0.0",\
                    "changes":[{"started":"2026-11-20T06:59:58Z","settings":{},"jobVersion":"1.0.%d"}]}""".formatted(generation, generation));
        }
        await().until(() -> Served.jobs().containsAll(List.of("announced", "fed-only")));
        // Then
        ok("/api/v1/jobs")
                .body("truncated", equalTo(false))
                .body("items.job", hasItem("announced"))
                .body("items.find { it.job == 'announced' }.generation", equalTo(2))
                .body("items.find { it.job == 'announced' }.jobVersion", equalTo("1.0.2"))
                .body("items.find { it.job == 'announced' }.specs", contains("tumbling(1m)"))
                .body("items.find { it.job == 'announced' }.lastWindow", equalTo(null))
                .body("items.find { it.job == 'stored-only' }.lastWindow.id", equalTo(id("stored-only", "k", SIX)))
                .body("items.find { it.job == 'fed-only' }.generation", equalTo(3))
                .body(
                        "items.find { it.job == 'fed-only' }.lastWindow.end",
                        equalTo(later.plusSeconds(60).toString()));
    }

    @Test
    void shouldListNoRetractedWindowAsAJobsLast() {
        // Given: of each a window that holds, and a later one that does not, in the store and in the log
        Instant later = SIX.plusSeconds(600);
        for (String job : List.of("stored-retracted", "fed-retracted")) {
            store.result(job, MONTH, id(job, "k", SIX), result(job, "k", SIX));
        }
        store.result(
                        "stored-retracted",
                        MONTH,
                        id("stored-retracted", "k", later),
                        retracted("stored-retracted", later))
                .refresh();
        log.put("window-results", null, "k", result("fed-retracted", "k", later));
        log.put("window-results", null, "k", retracted("fed-retracted", later));
        String id = id("fed-retracted", "k", later);
        await().until(() -> given().get("/api/v1/windows/" + id).path("status").equals("RETRACTED"));
        // Then
        ValidatableResponse answer = ok("/api/v1/jobs");
        for (String job : List.of("stored-retracted", "fed-retracted")) {
            answer.body("items.find { it.job == '%s' }.lastWindow.id".formatted(job), equalTo(id(job, "k", SIX)));
        }
    }

    private static String retracted(String job, Instant start) {
        return result(job, "k", start, 1, 2, true).replace("REVISED", "RETRACTED");
    }

    @Test
    void shouldAnswer503WhileElasticsearchIsAwayAndThenGoOn() {
        // Given
        String expected = result("away", "k", SIX);
        store.result("away", MONTH, id("away", "k", SIX), expected).refresh();
        network.cutOff();
        try {
            // Then
            for (String path : List.of(
                    "/api/v1/windows?job=away",
                    "/api/v1/windows/x",
                    "/api/v1/windows/x/history",
                    "/api/v1/alerts",
                    "/api/v1/alerts/x")) {
                answer(503, path)
                        .header("Retry-After", "5")
                        .contentType("application/problem+json")
                        .body("type", equalTo("/problems/store-unavailable"))
                        .body("detail", containsString("Elasticsearch"));
            }
            ok("/api/v1/jobs").body("truncated", equalTo(true)).body("reason", equalTo("store-unavailable"));
            Served.awaitStoreAway();
            Served.management()
                    .get("/q/health/ready")
                    .then()
                    .statusCode(200)
                    .body("checks.find { it.name == 'elasticsearch' }.data.reachable", equalTo(false))
                    .body("checks.find { it.name == 'results-feed' }.status", equalTo("UP"));
        } finally {
            network.restore();
        }
        await().untilAsserted(() -> assertThat(given().get("/api/v1/windows/{id}", id("away", "k", SIX))
                        .asString())
                .isEqualTo(expected));
    }
}
