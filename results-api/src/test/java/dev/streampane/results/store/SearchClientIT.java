// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static dev.streampane.results.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.RealServers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
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
    Instance<RestClient> clients;

    @Test
    void shouldAskByAnotherClientOnceTheThreadsOfThisOneHaveEnded() {
        // Given
        RestClient ended = clients.get();
        ended.performRequestAsync(new Request("GET", "/"), new ResponseListener() {
            @Override
            public void onSuccess(Response response) {
                throw new Error("of a test");
            }

            @Override
            public void onFailure(Exception exception) {
                throw new Error("of a test");
            }
        });
        await().dontCatchUncaughtExceptions().until(() -> !ended.isRunning());
        // When
        await().until(() -> elasticsearch.reachable().await().indefinitely());
        // Then
        assertThat(clients.get()).isNotSameAs(ended);
        assertThat(clients.get().isRunning()).isTrue();
    }
}
