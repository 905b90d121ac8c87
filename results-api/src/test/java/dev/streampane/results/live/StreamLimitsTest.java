// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.streampane.results.Settings;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StreamLimitsTest {

    private final Access here = Access.unrestricted("10.0.0.1");
    private final Access there = Access.unrestricted("10.0.0.2");

    @Test
    void shouldTakeSoManyStreamsPerProcess() {
        // Given
        StreamLimits limits = limits("max-clients", 2, here, there);
        // Then
        refused(limits, here, 503, "/problems/too-many-streams");
        limits.release(there);
        limits.reserve(here);
    }

    @Test
    void shouldTakeSoManyStreamsPerAddress() {
        StreamLimits limits = limits("max-per-address", 2, here, here);
        refused(limits, here, 429, "/problems/too-many-requests");
        limits.reserve(there);
        limits.release(here);
        limits.reserve(here);
    }

    @Test
    void shouldTakeANetworkOfVersion6ForOneAddress() {
        StreamLimits limits = limits("max-per-address", 1, Access.unrestricted("2001:db8:0:1:0:0:0:1"));
        refused(limits, Access.unrestricted("2001:db8:0:1:ffff:0:0:2"), 429, "/problems/too-many");
        limits.reserve(Access.unrestricted("2001:db8:0:2:0:0:0:1"));
    }

    @Test
    void shouldTakeSoManyStreamsPerPrincipal() {
        StreamLimits limits = limits("max-per-principal", 1, here);
        refused(limits, here, 429, "/problems/too-many-requests");
        limits.release(here);
        limits.reserve(here);
    }

    @Test
    void shouldTakeNoneOnceTheProcessEnds() {
        StreamLimits limits = limits("max-clients", 10);
        limits.close();
        refused(limits, here, 503, "/problems/too-many-streams");
    }

    private static void refused(StreamLimits limits, Access access, int status, String type) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> limits.reserve(access))
                .satisfies(refused -> {
                    Problem problem = refused.problem();
                    assertThat(problem.status()).isEqualTo(status);
                    assertThat(new String(problem.json("/"), java.nio.charset.StandardCharsets.UTF_8))
                            .contains(type);
                    assertThat(problem.headers()).containsEntry("Retry-After", "2");
                });
    }

    /** With streams that are open. */
    private static StreamLimits limits(String name, int most, Access... open) {
        var limits = new StreamLimits(Settings.with(Map.of("results.stream." + name, String.valueOf(most))));
        Stream.of(open).forEach(limits::reserve);
        return limits;
    }
}
