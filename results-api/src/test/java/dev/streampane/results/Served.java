// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static dev.streampane.local.server.Patience.await;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.store.ResultJson;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;

/** The service under test as its clients see it, be it in this JVM or a process of its own. */
public final class Served {

    /** The management port of the service that was seen ready. */
    private static int ready;

    private Served() {}

    /** A request to where health and metrics are. */
    public static RequestSpecification management() {
        return given().port(RealServers.managementPort());
    }

    /** Waits until it has read results, audit and runs to the end that they had at its start: only then is a job unknown. It stays so. */
    public static void awaitReady() {
        if (ready == RealServers.managementPort()) {
            return;
        }
        await().untilAsserted(() -> {
            management().get("/q/health/ready").then().statusCode(200);
            given().get("/api/v1/windows?job=nobody").then().statusCode(404);
            given().get("/api/v1/audit").then().body("loaded", equalTo(true));
        });
        ready = RealServers.managementPort();
    }

    /** Waits until health says that Elasticsearch is away; what it said within the last two seconds it may say again. */
    public static void awaitStoreAway() {
        await().untilAsserted(() -> management()
                .get("/q/health/ready")
                .then()
                .body("checks.find { it.name == 'elasticsearch' }.data.reachable", equalTo(false)));
    }

    /** How far it has read the log of results. */
    public static TopicPosition position() {
        String told =
                management().get("/q/health/ready").path("checks.find { it.name == 'results-feed' }.data.position");
        return Position.parse(told).orElseThrow().topic("window-results").orElseThrow();
    }

    /** The input partitions that it says are stalled. */
    public static List<String> stalled() {
        String told =
                management().get("/q/health/ready").path("checks.find { it.name == 'input-partitions' }.data.stalled");
        return List.of(told.split(", "));
    }

    /** What it answers with this status. */
    public static ValidatableResponse answer(int status, String path, Object... parameters) {
        return answer(given(), status, path, parameters);
    }

    /** The same of a request with headers or parameters that its path does not have. */
    public static ValidatableResponse answer(
            RequestSpecification asked, int status, String path, Object... parameters) {
        return asked.get(path, parameters).then().statusCode(status);
    }

    /** What it answers with 200. */
    public static ValidatableResponse ok(String path, Object... parameters) {
        return answer(200, path, parameters);
    }

    /** The same of a request with headers or parameters that its path does not have. */
    public static ValidatableResponse ok(RequestSpecification asked, String path, Object... parameters) {
        return answer(asked, 200, path, parameters);
    }

    /** The JSON that it answers with 200. */
    public static JsonNode json(String path) {
        return json(get(path));
    }

    /** The items on all pages of a list, one after another by their links. */
    public static List<JsonNode> items(String path) {
        List<JsonNode> items = new ArrayList<>();
        for (String next = path; next != null; ) {
            Response answer = get(next);
            JsonNode page = json(answer);
            page.get("items").forEach(items::add);
            assertThat(page.get("truncated").asBoolean())
                    .isEqualTo(!page.get("next").isNull());
            assertThat(page.get("position").asText()).isEqualTo(answer.header("Streampane-Position"));
            String link = answer.header("Link");
            assertThat(link == null).isEqualTo(page.get("next").isNull());
            next = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        return items;
    }

    /** The ids of these items. */
    public static List<String> ids(String path) {
        return items(path).stream().map(item -> item.get("id").asText()).toList();
    }

    private static Response get(String path) {
        return given().urlEncodingEnabled(false).get(path);
    }

    private static JsonNode json(Response answer) {
        return ResultJson.read(answer.then().statusCode(200).extract().asString());
    }

    /** The jobs that it knows. */
    public static List<String> jobs() {
        return given().get("/api/v1/jobs").path("items.job");
    }
}
