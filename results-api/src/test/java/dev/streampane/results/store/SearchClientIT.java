// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.RealServers;
import dev.streampane.results.RealServers.Running;
import dev.streampane.results.Store;
import dev.streampane.results.problem.ProblemException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class SearchClientIT {

    @Inject
    SearchClient elasticsearch;

    @Inject
    SearchViews views;

    @Inject
    Instance<RestClient> clients;

    @Running
    Store store;

    @Test
    void shouldAskByAnotherClientOnceTheThreadsOfThisOneHaveEnded() {
        // Given
        RestClient ended = clients.get();
        SearchClientTest.end(ended);
        // When
        await().until(() -> elasticsearch.reachable().await().indefinitely());
        // Then
        assertThat(clients.get()).isNotSameAs(ended);
        assertThat(clients.get().isRunning()).isTrue();
    }

    /** As when the node that had it was started again. */
    @Test
    void shouldBeUnavailableWhenAViewIsThereNoMore() {
        // Given
        store.result("viewed", "2026.11", id("viewed", "k", SIX), result("viewed", "k", SIX))
                .refresh();
        // When
        Uni<JsonNode> answer = views.of("window-results", view -> {
            store.send("DELETE", "/_pit", view.deepCopy().retain("id").toString());
            ObjectNode search = Clauses.search(1);
            return elasticsearch.search("window-results", search.set("pit", view));
        });
        // Then
        assertThatThrownBy(() -> answer.await().atMost(Duration.ofSeconds(30)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().status()).isEqualTo(503));
    }
}
