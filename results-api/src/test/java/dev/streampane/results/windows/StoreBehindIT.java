// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.streampane.results.AtOnce;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.RealServers.Running;
import dev.streampane.results.Store;
import dev.streampane.results.log.Position;
import dev.streampane.results.tail.Forgetting;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is answered of results that the tail has lost and the store does not show yet. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class StoreBehindIT {

    private static final String TOPIC = "window-results";
    private static final String MONTH = "2026.11";

    @Running
    Log log;

    @Running
    Store store;

    @Inject
    TailFeeds feeds;

    private String lost;

    /** Where the tail begins: behind a result that nobody indexed. */
    private Position.Topic earliest;

    @BeforeEach
    void loseResult() {
        await().until(feeds::loaded);
        lost = id("behind", "k", SIX);
        log.put(TOPIC, 2, "k", result("behind", "k", SIX));
        await().until(() -> feeds.tail().index().newest(lost).isPresent());
        earliest = Forgetting.all(feeds.tail(), TOPIC);
    }

    @AfterEach
    void catchUp() {
        store.acknowledge(earliest);
    }

    @Test
    void shouldNotSayThatResultsAreNotThereWhileTheyMayBe() {
        // Given
        String path = "/api/v1/windows/aggregate?job=behind&fn=avg&metric=load";
        // Then
        AtOnce.run(
                () -> given().get(path).then().statusCode(200).body("reason", equalTo("store-behind")),
                () -> given().get("/api/v1/windows/" + lost + "/explain")
                        .then()
                        .statusCode(503)
                        .body("type", equalTo("/problems/store-behind")),
                () -> given().accept("text/csv")
                        .get("/api/v1/windows?job=behind")
                        .then()
                        .statusCode(503)
                        .body("type", equalTo("/problems/store-behind")),
                () -> given().queryParam("atLeast", earliest.toString())
                        .get("/api/v1/windows/" + lost + "/explain")
                        .then()
                        .statusCode(504));
        // When: it is there and acknowledged, in an index that is refreshed every half an hour
        store.send("PUT", "/window-results-behind-" + MONTH, "{\"settings\":{\"refresh_interval\":\"30m\"}}");
        store.result("behind", MONTH, lost, result("behind", "k", SIX));
        catchUp();
        // Then
        given().get(path)
                .then()
                .statusCode(200)
                .body("items[0].value", equalTo(19.38f))
                .body("truncated", equalTo(false));
        given().get(path + "&spec=tumbling(2m)").then().statusCode(400);
    }

    @Test
    void shouldClaimNoPositionThatElasticsearchDoesNotAddUpYet() {
        // Given: more windows than are read one by one here
        List<String> results = IntStream.range(0, 1_600)
                .mapToObj(n -> result("adds-up", "k", SIX.plusSeconds(60L * n)))
                .toList();
        store.bulk("window-results-adds-up-" + MONTH, results);
        String path = "/api/v1/windows/aggregate?job=adds-up&metric=load&interval=day&fn=avg";
        // Then
        AtOnce.run(
                () -> given().get(path)
                        .then()
                        .statusCode(200)
                        .body("reason", equalTo("store-behind"))
                        .body("position", not(containsString(earliest.toString()))),
                () -> given().queryParam("atLeast", earliest.toString())
                        .get(path)
                        .then()
                        .statusCode(504)
                        .body("type", equalTo("/problems/not-yet")));
        // When
        catchUp();
        // Then
        given().queryParam("atLeast", earliest.toString())
                .get(path)
                .then()
                .statusCode(200)
                .body("exact", equalTo(false))
                .body("truncated", equalTo(false))
                .body("position", equalTo(earliest.toString()));
    }
}
