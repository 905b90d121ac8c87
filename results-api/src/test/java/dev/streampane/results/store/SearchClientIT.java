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
import dev.streampane.results.Logged;
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
import org.elasticsearch.client.Request;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseListener;
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
        // When: as when there was no memory for an answer
        end(ended);
        // Then
        try (Logged log = new Logged(SearchClient.class)) {
            await().until(() -> elasticsearch.reachable().await().indefinitely());
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("ERROR"))
                    .singleElement()
                    .asString()
                    .startsWith("ERROR The Elasticsearch client");
        }
        assertThat(clients.get()).isNotSameAs(ended);
        assertThat(clients.get().isRunning()).isTrue();
    }

    /** Ends a client's threads for good. */
    private static void end(RestClient client) {
        client.performRequestAsync(new Request("GET", "/"), new ResponseListener() {
            @Override
            public void onSuccess(Response response) {
                throw new Error("of a test");
            }

            @Override
            public void onFailure(Exception exception) {
                throw new Error("of a test");
            }
        });
        await().until(() -> !client.isRunning());
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
