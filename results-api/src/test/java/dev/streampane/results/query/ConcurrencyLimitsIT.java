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
import dev.streampane.results.security.Bulkhead;
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
class ConcurrencyLimitsIT {

    private static final String PAGE = "/api/v1/windows?job=running";
    private static final List<String> SCANS =
            List.of("/api/v1/windows/aggregate?job=running&fn=count&interval=1h", "/api/v1/jobs/running/keys");

    @RealServers.Running
    LocalKafka kafka;

    @Inject
    TailFeeds feeds;

    @Inject
    ConcurrencyLimits limits;

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
        await().until(() -> limits.pages().available() == config.query().maxPages()
                && limits.scans().available() == config.query().maxScans()
                && limits.lines().available() == config.query().maxScans());
    }

    @Test
    void shouldRefuseOnePageMoreThanMayBeReadAtOnce() {
        shouldRefuseWhile(limits.pages(), "application/json", PAGE);
        // Then: the others have places of their own
        Deque<Bulkhead.Permit> taken = takeAll(limits.pages());
        try {
            lines("GET").statusCode(200);
            given().get("/api/v1/windows/" + id("running", "k", SIX)).then().statusCode(200);
        } finally {
            taken.forEach(Bulkhead.Permit::close);
        }
    }

    @Test
    void shouldRefuseOneScanMoreThanMayRunAtOnce() {
        for (String path : SCANS) {
            shouldRefuseWhile(limits.scans(), "application/json", path);
        }
        shouldRefuseWhile(limits.lines(), "application/x-ndjson", PAGE);
        int free = limits.lines().available();
        lines("HEAD").statusCode(200);
        await().until(() -> limits.lines().available() == free);
    }

    /** Nothing may be left of a place when its query has ended. */
    private static void shouldRefuseWhile(Bulkhead bound, String accept, String path) {
        // Given
        int free = bound.available();
        assertThat(free).isPositive();
        Deque<Bulkhead.Permit> taken = takeAll(bound);
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
            await().until(() -> bound.available() == 1);
        } finally {
            taken.forEach(Bulkhead.Permit::close);
        }
        assertThat(bound.available()).isEqualTo(free);
    }

    private static Deque<Bulkhead.Permit> takeAll(Bulkhead bound) {
        Deque<Bulkhead.Permit> taken = new ArrayDeque<>();
        while (bound.available() > 0) {
            taken.add(bound.acquire(Access.unrestricted("filler " + taken.size())));
        }
        return taken;
    }

    private static ValidatableResponse lines(String method) {
        return given().accept("application/x-ndjson").request(method, PAGE).then();
    }
}
