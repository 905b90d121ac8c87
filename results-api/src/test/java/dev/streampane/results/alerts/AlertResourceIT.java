// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.alerts;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.CutProxy;
import dev.streampane.results.DescribedAnswers;
import dev.streampane.results.Fixtures;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.store.ResultJson;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class AlertResourceIT extends OnFeeds {

    private static final Instant SIX = Instant.parse("2026-11-20T06:00:00Z");

    @RealServers.Running
    CutProxy network;

    @Inject
    JobRuns runs;

    @Test
    void shouldAnswerEveryExampleOfTheContractAsItWasWritten() {
        // Given
        Map<String, String> examples = Fixtures.examples("alert");
        examples.forEach((id, example) -> store.alert("2026.10", id, example));
        store.refresh();
        // Then
        examples.forEach((id, example) ->
                assertThat(given().get("/api/v1/alerts/{id}", id).asString()).isEqualTo(example));
        store.send("DELETE", "/alerts-2026.10", "");
    }

    @Test
    void shouldFindByClientPatternAndTime() {
        // Given
        put("finder", "small-then-large", 0);
        put("finder", "impossible-travel", 1);
        put("finder", "small-then-large", 2);
        put("finder2", "small-then-large", 3);
        log(alert("finder3", "small-then-large", 4));
        store.refresh();
        // Then
        assertThat(starts("client=finder3&pattern=small-then-large")).containsExactly(4);
        assertThat(starts("pattern=small-then-large~finder3")).isEmpty();
        assertThat(starts("client=finder")).containsExactly(2, 1, 0);
        assertThat(starts("client=finder&order=asc")).containsExactly(0, 1, 2);
        assertThat(starts("client=finder&pattern=small-then-large")).containsExactly(2, 0);
        assertThat(starts("client=finder&from=" + SIX.plusSeconds(60))).containsExactly(2, 1);
        assertThat(starts("client=finder&to=" + SIX.plusSeconds(60))).containsExactly(0);
        ok("/api/v1/alerts?client=nobody").body("items", hasSize(0)).body("next", equalTo(null));
        ok("/api/v1/alerts?pattern=*").body("items", hasSize(0));
    }

    @Test
    void shouldRefusePositionsOfAnEarlierLifeOfTheTopic() {
        for (String path : List.of("/api/v1/alerts", "/api/v1/alerts/unknown")) {
            for (String offsets : List.of("0.0.0.1", "0.0.0.0")) {
                answer(400, path + "?atLeast=alerts~AAAAAAAAAAAAAAAAAAAAAA~" + offsets)
                        .body("violations[0].parameter", equalTo("atLeast"));
            }
        }
    }

    @Test
    void shouldPageWithoutGapOrDuplicate() {
        // Given
        for (int n = 0; n < 17; n++) {
            put("pager", n % 2 == 0 ? "small-then-large" : "unusual-amount", n / 3);
        }
        store.refresh();
        // When
        List<String> ids = Served.ids("/api/v1/alerts?client=pager&limit=4");
        // Then: six starts, each of two patterns
        assertThat(ids).doesNotHaveDuplicates().hasSize(12);
        String cursor =
                Served.json("/api/v1/alerts?client=pager&limit=4").get("next").asText();
        answer(400, "/api/v1/alerts?client=other&after=" + cursor).body("violations[0].parameter", equalTo("after"));
        answer(400, "/api/v1/windows?job=pager&after=" + cursor).body("violations[0].parameter", equalTo("after"));
    }

    @Test
    void shouldAnswerAnAlertAsSoonAsItIsInTheLog() {
        // Given: two in the log alone, one that is older in Elasticsearch, one that is there alone
        await().until(feeds::settled);
        put("told", "small-then-large", 1);
        put("told", "small-then-large", 3);
        store.refresh();
        log(alert("told", "small-then-large", 0), alert("told", "unusual-amount", 2));
        log(alert("told", "small-then-large", 1).put("generation", 2));
        String told = feeds.tail().position().toString();
        // Then
        assertThat(starts("client=told")).containsExactly(3, 2, 1, 0);
        assertThat(starts("client=told&order=asc")).containsExactly(0, 1, 2, 3);
        assertThat(starts("client=told&pattern=unusual-amount")).containsExactly(2);
        ok("/api/v1/alerts?client=told&atLeast=" + told)
                .body("items.generation", contains(1, 1, 2, 1))
                .body("truncated", equalTo(false))
                .body("position", equalTo(alerts().toString()))
                .header("Streampane-Position", alerts().toString());
        List<String> paged = Served.ids("/api/v1/alerts?client=told&limit=1");
        assertThat(paged).doesNotHaveDuplicates().hasSize(4);
        for (String id : paged) {
            ok("/api/v1/alerts/{id}?atLeast={told}", id, told).body("id", equalTo(id));
        }
    }

    @Test
    void shouldAnswerTheNewestAlertsWhileElasticsearchIsAway() {
        // Given: alerts of now, whose job is known
        Served.awaitReady();
        await().until(feeds::settled);
        log.put("job-runs", null, "fraud-detection/1", Fixtures.jobRun("fraud-detection", 1, null, null));
        await().until(() -> runs.newest("fraud-detection").isPresent());
        log(alert("before", "small-then-large", 0));
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        await().until(() -> Instant.now().isAfter(start.plusSeconds(1)));
        List<ObjectNode> alerts = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            alerts.add(alert("away", "small-then-large", n)
                    .put("start", start.plusMillis(n).toString())
                    .put("end", start.plusMillis(n).toString()));
        }
        log(alerts.toArray(ObjectNode[]::new));
        network.cutOff();
        try {
            // Then
            ok("/api/v1/alerts?client=away&from=" + start)
                    .body("items", hasSize(3))
                    .body("truncated", equalTo(false));
            ok("/api/v1/alerts?client=away&limit=2").body("items", hasSize(2)).body("truncated", equalTo(true));
            ok("/api/v1/alerts/{id}", alerts.get(0).get("id").asText());
            answer(503, "/api/v1/alerts?client=before");
        } finally {
            network.restore();
        }
        await().untilAsserted(() -> ok("/api/v1/alerts?client=before"));
    }

    private void log(ObjectNode... alerts) {
        TopicPosition before = alerts();
        log.begin();
        for (ObjectNode alert : alerts) {
            log.add("alerts", 0, "k", alert.toString());
        }
        log.commit();
        await().until(() -> alerts().offsets()[0] >= before.offsets()[0] + alerts.length);
    }

    private TopicPosition alerts() {
        return feeds.tail().position().topic("alerts").orElseThrow();
    }

    @Test
    void shouldSayThatThereIsNoSuchAlert() {
        answer(404, "/api/v1/alerts/nothing")
                .contentType("application/problem+json")
                .body("type", equalTo("/problems/unknown-id"))
                .body("detail", containsString("there is no alert 'nothing'"));
        answer(400, "/api/v1/alerts/x?limit=1").body("violations[0].parameter", equalTo("limit"));
    }

    @Test
    void shouldTakeTimesAsElasticsearchDoesInDocumentsThatNoJobWrote() {
        DescribedAnswers.ignore();
        // Given
        ObjectNode alert = alert("by-hand", "small-then-large", 0).put("start", "2026-11-20 06:00:00");
        store.alert("2026.11", alert.get("id").asText(), alert.toString()).refresh();
        // Then
        ok("/api/v1/alerts?client=by-hand").body("items.start", contains("2026-11-20 06:00:00"));
    }

    private void put(String client, String pattern, int minute) {
        ObjectNode alert = alert(client, pattern, minute);
        store.alert("2026.11", alert.get("id").asText(), alert.toString());
    }

    private static ObjectNode alert(String client, String pattern, int minute) {
        ObjectNode alert = (ObjectNode)
                ResultJson.read(Fixtures.text(Fixtures.contract("alert").resolve("examples/small-then-large.json")));
        String id = "fraud-detection~%s~%s~transactions-0-%d".formatted(pattern, client, minute);
        alert.put("id", id).put("client", client).put("pattern", pattern);
        return alert.put("start", SIX.plusSeconds(60L * minute).toString());
    }

    private static List<Integer> starts(String query) {
        JsonNode items = Served.json("/api/v1/alerts?" + query).get("items");
        return IntStream.range(0, items.size())
                .mapToObj(n -> Instant.parse(items.get(n).get("start").asText()))
                .map(start -> (int) (start.getEpochSecond() - SIX.getEpochSecond()) / 60)
                .toList();
    }
}
