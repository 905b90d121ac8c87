// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.facts.JobOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What minikube needs. */
class DevTest {

    @Test
    void shouldRunEveryJob() {
        assertThat(Manifests.of("dev").all("FlinkDeployment"))
                .extracting(job -> job.at("/metadata/name").asText())
                .containsExactlyInAnyOrderElementsOf(JobOptions.jobs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"flink", "entity-operator"})
    void shouldReachTheApiServerOnItsOwnPort(String policy) {
        assertThat(Manifests.of("dev").get("NetworkPolicy", policy).at("/spec/egress"))
                .anySatisfy(rule -> {
                    assertThat(rule.has("to")).isFalse();
                    assertThat(rule.path("ports"))
                            .extracting(port -> port.path("port").asInt())
                            .containsExactly(443, 6443, 8443);
                });
    }
}
