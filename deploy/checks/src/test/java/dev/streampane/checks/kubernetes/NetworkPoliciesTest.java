// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.kubernetes.NetworkPolicies.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed network policies; {@code -Dpolicies.write=true} writes them anew. */
class NetworkPoliciesTest {

    private static final String POLICIES = "network-policies.yaml";

    static Stream<String> folders() {
        return NetworkPolicies.folders();
    }

    @ParameterizedTest
    @MethodSource("folders")
    void shouldBeMadeOfTheList(String folder) throws IOException {
        // Given
        Path file = Manifests.FOLDER.resolve(folder).resolve(POLICIES);
        // When
        String made = NetworkPolicies.text(folder);
        if (Boolean.getBoolean("policies.write")) {
            Files.writeString(file, made);
        }
        // Then
        assertThat(file).hasContent(made);
    }

    @Test
    void shouldNameOnlyPodsThatThereAre() {
        // Given
        List<Map<String, String>> pods = Pods.all(Manifests.of("dev"));
        // When
        Stream<String> names = NetworkPolicies.calls().stream().flatMap(call -> Stream.of(call.from(), call.to()));
        // Then
        assertThat(names.distinct().filter(NetworkPolicies::isHere))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(pods).as(name).anyMatch(labels -> NetworkPolicies.are(name, labels)));
    }

    @Test
    void shouldReachMinikubesApiServer() {
        assertThat(NetworkPolicies.calls())
                .contains(
                        new Call("flink", NetworkPolicies.API_SERVER, 8443),
                        new Call("entity-operator", NetworkPolicies.API_SERVER, 8443));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void shouldDenyWhatIsNotOpened(String overlay) {
        // When
        JsonNode all = Manifests.of(overlay).get("NetworkPolicy", "deny-by-default");
        // Then
        assertThat(all.path("spec")).isEqualTo(Sources.tree("{podSelector: {}, policyTypes: [Ingress, Egress]}"));
    }

    static List<String> overlays() {
        return Manifests.OVERLAYS;
    }
}
