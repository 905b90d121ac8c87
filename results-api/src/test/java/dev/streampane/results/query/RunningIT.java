// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Patience.await;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bound;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class RunningIT {

    private static final String PAGE = "/api/v1/windows?job=running";
    private static final List<String> SCANS =
            List.of("/api/v1/windows/aggregate?job=running&fn=count&interval=1h", "/api/v1/jobs/running/keys");

    @RealServers.Running
    LocalKafka kafka;

    @Inject
    TailFeeds feeds;

    @Inject
    Running running;

    @Inject
    ResultsConfig config;

    @BeforeEach
    void write() {
        await().until(feeds::loaded);
        try (Log log = new Log(kafka.bootstrapServers())) {
            log.put("window-results", 0, "k", result("running", "k", SIX));
        }
        await().until(() -> given().get(PAGE).statusCode() == 200);
        // lines give their place back when they have been sent
        await().until(() -> running.pages().free() == config.query().maxPages()
                && running.scans().free() == config.query().maxScans()
                && running.lines().free() == config.query().maxScans());
    }

    @Test
    void shouldRefuseOnePageMoreThanMayBeReadAtOnce() {
        shouldRefuseWhile(running.pages(), "application/json", PAGE);
        // Then: the others have places of their own
        Deque<Bound.Place> taken = takeAll(running.pages());
        try {
            lines("GET").statusCode(200);
            given().get("/api/v1/windows/" + id("running", "k", SIX)).then().statusCode(200);
        } finally {
            taken.forEach(Bound.Place::close);
        }
    }

    @Test
    void shouldRefuseOneScanMoreThanMayRunAtOnce() {
        for (String path : SCANS) {
            shouldRefuseWhile(running.scans(), "application/json", path);
        }
        shouldRefuseWhile(running.lines(), "application/x-ndjson", PAGE);
        int free = running.lines().free();
        lines("HEAD").statusCode(200);
        await().until(() -> running.lines().free() == free);
    }

    /** Nothing may be left of a place when its query has ended. */
    private static void shouldRefuseWhile(Bound bound, String accept, String path) {
        // Given
        int free = bound.free();
        assertThat(free).isPositive();
        Deque<Bound.Place> taken = takeAll(bound);
        try {
            // When
            given().accept(accept)
                    .get(path)
                    .then()
                    // Then
                    .statusCode(503)
                    .header("Retry-After", "5")
                    .header("Content-Type", "application/problem+json")
                    .body("type", equalTo("/problems/too-many-queries"));
            taken.pop().close();
            given().accept(accept).get(path).then().statusCode(200);
            await().until(() -> bound.free() == 1);
        } finally {
            taken.forEach(Bound.Place::close);
        }
        assertThat(bound.free()).isEqualTo(free);
    }

    private static Deque<Bound.Place> takeAll(Bound bound) {
        Deque<Bound.Place> taken = new ArrayDeque<>();
        while (bound.free() > 0) {
            taken.add(bound.take(Access.unrestricted("filler " + taken.size())));
        }
        return taken;
    }

    private static ValidatableResponse lines(String method) {
        return given().accept("application/x-ndjson").request(method, PAGE).then();
    }
}
