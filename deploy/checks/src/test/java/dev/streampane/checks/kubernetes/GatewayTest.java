// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** production behind a Gateway. */
class GatewayTest {

    @Test
    void shouldPassWhatTheIngressPasses(@TempDir Path folder) throws IOException {
        // Given
        Files.writeString(
                folder.resolve("kustomization.yaml"),
                "resources: [%1$s/overlays/production]\ncomponents: [%1$s/components/gateway]\n"
                        .formatted(Manifests.FOLDER));
        // When
        Manifests gateway = new Manifests(Kustomization.of(folder).objects());
        // Then
        assertThat(gateway.find("Ingress", "results-api")).isEmpty();
        JsonNode route = gateway.get("HTTPRoute", "results-api");
        assertThat(Models.problems(gateway.get("HTTPRoute", "results-api"))).isEmpty();
        JsonNode ingress = Manifests.of("production").get("Ingress", "results-api");
        assertThat(route.at("/spec/hostnames/0")).isEqualTo(ingress.at("/spec/rules/0/host"));
        assertThat(texts(route.at("/spec/rules/0/matches"), "/path/type", "/path/value"))
                .isEqualTo(texts(ingress.at("/spec/rules/0/http/paths"), "/pathType", "/path"));
        assertThat(gateway.get("Service", "results-api").at("/spec/ports/0/port"))
                .isEqualTo(route.at("/spec/rules/0/backendRefs/0/port"));
        assertThat(Check.stream().flatMap(check -> check.problems(gateway).stream()))
                .isEmpty();
    }

    /** Kind and path of each entry. */
    private static List<String> texts(JsonNode entries, String type, String path) {
        List<String> texts = new ArrayList<>();
        entries.forEach(entry -> texts.add(entry.at(type).asText().replace("Path", "") + " "
                + entry.at(path).asText()));
        return texts;
    }
}
