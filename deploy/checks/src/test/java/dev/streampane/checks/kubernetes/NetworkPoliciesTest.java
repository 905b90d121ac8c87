// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.kubernetes.NetworkPolicies.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed network policies; {@code -Dpolicies.write=true} writes them anew. */
class NetworkPoliciesTest {

    private static final String POLICIES = "network-policies.yaml";

    /** Pods with labels that only operators give. */
    private static final Set<String> OF_OPERATORS = Set.of("kafka", "entity-operator", "elasticsearch", "kibana");

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
    void shouldCallOurServicesWhereTheyListen() {
        for (Service service : Service.values()) {
            assertThat(NetworkPolicies.calls())
                    .filteredOn(call -> call.to().equals(service.module()))
                    .isNotEmpty()
                    .allMatch(call -> call.port() == Ports.of(service) || call.port() == Ports.management(service));
        }
    }

    @Test
    void shouldNameOnlyPodsThatThereAre() {
        // Given
        List<Pods> pods = Manifests.of("dev").pods();
        // When
        Stream<String> names = NetworkPolicies.calls().stream().map(Call::from).filter(NetworkPolicies::isHere);
        // Then
        assertThat(names.distinct().filter(name -> !OF_OPERATORS.contains(name)))
                .isNotEmpty()
                .allSatisfy(name ->
                        assertThat(pods).as(name).anyMatch(it -> it.areSelected(NetworkPolicies.selector(name))));
    }
}
