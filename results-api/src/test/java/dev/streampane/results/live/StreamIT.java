// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.streampane.local.LocalKafka;
import dev.streampane.results.EventStream;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class StreamIT {

    @TestHTTPResource("/api/v1/stream")
    URI stream;

    @Inject ResultsFeed feed;

    @RealServers.Running LocalKafka kafka;

    @BeforeEach
    void awaitFeed() {
        await().until(feed::loaded);
    }

    @Test
    void shouldSendCommittedResultAsItIsInTheLog() {
        // Given
        String result = result("stream-a", "k1", SIX);
        try (EventStream events = EventStream.open(URI.create(stream + "?job=stream-a"), null);
                Log log = new Log(kafka.bootstrapServers())) {
            // When
            log.put("window-results", null, "k1", result);
            // Then
            await().untilAsserted(() -> assertThat(events.data("window")).containsExactly(result));
            assertThat(events.response().headers().map())
                    .containsEntry("content-type", java.util.List.of("text/event-stream"));
        }
    }
}
