// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.Fixtures;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class OpenTransactionsIT {

    private static final String HOLDERS = "checks.find { it.name == 'open-transactions' }.data.holders";

    @RealServers.Running
    LocalKafka kafka;

    @RealServers.Running
    Log log;

    @Test
    void shouldNameWhoHoldsBackTheReadersOfResults() {
        Served.awaitReady();
        try (Log other = new Log(kafka.bootstrapServers())) {
            // Given: one on two partitions of the results, one elsewhere
            String value = Fixtures.result("held", "k", Fixtures.SIX);
            log.begin().add("window-results", 1, "k", value).add("window-results", 3, "k", value);
            log.add("late-records", 0, "k", value).flush();
            other.begin().add("late-records", 0, "k", value).flush();
            // Then
            await().untilAsserted(() -> Served.management()
                    .get("/q/health")
                    .then()
                    .statusCode(200)
                    .body("status", equalTo("UP"))
                    .body(HOLDERS, matchesPattern(log.id() + " for \\d+ s on window-results-1 window-results-3")));
            assertThat(Served.management().get("/q/metrics").asString())
                    .contains("streampane_results_open_transactions 1.0");
            // When
            log.abort();
            other.abort();
            // Then
            await().untilAsserted(() ->
                    Served.management().get("/q/health/ready").then().body(HOLDERS, emptyString()));
        }
    }
}
