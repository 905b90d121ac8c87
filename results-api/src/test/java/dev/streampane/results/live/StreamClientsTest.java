// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.streampane.results.Settings;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StreamClientsTest {

    private final Access here = Access.unrestricted("10.0.0.1");
    private final Access there = Access.unrestricted("10.0.0.2");

    @Test
    void shouldTakeSoManyStreamsPerProcess() {
        // Given
        StreamClients clients = clients("max-clients", 2, here, there);
        // Then
        refused(clients, here, 503, "/problems/too-many-streams");
        clients.release(there);
        clients.reserve(here);
    }

    @Test
    void shouldTakeSoManyStreamsPerAddress() {
        StreamClients clients = clients("max-per-address", 2, here, here);
        refused(clients, here, 429, "/problems/too-many-requests");
        clients.reserve(there);
        clients.release(here);
        clients.reserve(here);
    }

    @Test
    void shouldTakeANetworkOfVersion6ForOneAddress() {
        StreamClients clients = clients("max-per-address", 1, Access.unrestricted("2001:db8:0:1:0:0:0:1"));
        refused(clients, Access.unrestricted("2001:db8:0:1:ffff:0:0:2"), 429, "/problems/too-many");
        clients.reserve(Access.unrestricted("2001:db8:0:2:0:0:0:1"));
    }

    @Test
    void shouldTakeSoManyStreamsPerPrincipal() {
        StreamClients clients = clients("max-per-principal", 1, here);
        refused(clients, here, 429, "/problems/too-many-requests");
        clients.release(here);
        clients.reserve(here);
    }

    @Test
    void shouldTakeNoneOnceTheProcessEnds() {
        StreamClients clients = clients("max-clients", 10);
        clients.close();
        refused(clients, here, 503, "/problems/too-many-streams");
    }

    private static void refused(StreamClients clients, Access access, int status, String type) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> clients.reserve(access))
                .satisfies(refused -> {
                    Problem problem = refused.problem();
                    assertThat(problem.status()).isEqualTo(status);
                    assertThat(new String(problem.json("/"), java.nio.charset.StandardCharsets.UTF_8))
                            .contains(type);
                    assertThat(problem.headers()).containsEntry("Retry-After", "2");
                });
    }

    /** With streams that are open. */
    private static StreamClients clients(String name, int most, Access... open) {
        var clients = new StreamClients(
                null, Settings.with(Map.of("results.stream." + name, String.valueOf(most))), new SimpleMeterRegistry());
        Stream.of(open).forEach(clients::reserve);
        return clients;
    }
}
