// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.Fixtures;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.Store;
import dev.streampane.results.log.Position;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class IndexedLogIT {

    private static final String INDEX = "window-results-indexed-2026.11";

    @Inject
    IndexedLog indexed;

    @Inject
    SearchClient elasticsearch;

    @Inject
    TailFeeds feeds;

    @RealServers.Running
    Log log;

    @RealServers.Running
    Store store;

    @BeforeEach
    void connect() {
        await().until(feeds::settled);
    }

    @Test
    void shouldShowWhatIsAcknowledgedThoughTheIndexRefreshesSeldom() {
        // Given: a result in the log, and in an index that is refreshed every half an hour
        Position.Topic before = position();
        String id = Fixtures.id("indexed", "k", SIX);
        log.put("window-results", 1, "k", Fixtures.result("indexed", "k", SIX));
        await().until(() -> position().offsets()[1] > before.offsets()[1]);
        Position.Topic after = position();
        store.send("PUT", "/" + INDEX, "{\"settings\":{\"refresh_interval\":\"30m\"}}");
        store.result("indexed", "2026.11", id, Fixtures.result("indexed", "k", SIX));
        // Then
        assertThat(shows(after)).isFalse();
        // When
        store.acknowledge(after);
        // Then
        assertThat(shows(after)).isTrue();
        assertThat(hits(id)).isEqualTo(1);
        // When: only a transaction marker lies between
        long[] marker = after.offsets().clone();
        marker[1]++;
        // Then
        assertThat(shows(new Position.Topic(after.name(), after.id(), marker))).isTrue();
    }

    private boolean shows(Position.Topic wanted) {
        return indexed.shows(wanted, Duration.ofSeconds(2)).await().indefinitely();
    }

    private int hits(String id) {
        ObjectNode search = ResultJson.JSON.createObjectNode();
        search.putObject("query").putObject("term").put("id", id);
        return elasticsearch
                .search("window-results", search)
                .await()
                .indefinitely()
                .at("/hits/hits")
                .size();
    }

    private Position.Topic position() {
        return feeds.tail().position().topic("window-results").orElseThrow();
    }
}
