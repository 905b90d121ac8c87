// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.EventStream;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Results that are larger than what may wait in a connection: each write fills it, and drains it before the write returns. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class LargeResultsIT {

    private static final int RESULTS = 40;
    private static final String PADDING = "\"padding\":\"" + "x".repeat(50_000) + "\",\"id\":";

    @TestHTTPResource("/api/v1/stream")
    URI stream;

    @RealServers.Running
    Log log;

    @Test
    void shouldSendEachLargeResultOnceAndInOrder() {
        // Given
        Served.awaitReady();
        List<String> results = new ArrayList<>();
        try (EventStream events = EventStream.open(URI.create(stream + "?job=large-results"), null)) {
            // When
            for (int n = 0; n < RESULTS; n++) {
                String result =
                        result("large-results", "k", SIX.plusSeconds(60L * n)).replaceFirst("\"id\":", PADDING);
                results.add(result);
                log.put("window-results", 0, "k", result);
            }
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).contains(results.get(RESULTS - 1)));
            assertThat(events.data("window").stream()
                            .map(json -> json.substring(50_000))
                            .toList())
                    .isEqualTo(
                            results.stream().map(json -> json.substring(50_000)).toList());
        }
    }
}
