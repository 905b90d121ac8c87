// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import org.elasticsearch.client.RestClient;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class SearchClientIT {

    @Inject
    SearchClient elasticsearch;

    @Inject
    Instance<RestClient> clients;

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
}
