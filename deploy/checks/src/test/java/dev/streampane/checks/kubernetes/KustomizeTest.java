// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Our rendering beside that of kubectl, where one is installed that is new enough (Debian's has kustomize 2). */
class KustomizeTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldRenderWhatKustomizeRenders(String overlay) throws Exception {
        // Given
        assumeTrue(
                run("version", "--client").matches("(?s).*Kustomize Version: v[5-9].*"),
                "no kubectl with kustomize 5 or newer");
        // When
        String rendered =
                run("kustomize", Manifests.FOLDER.resolve("overlays/" + overlay).toString());
        // Then
        assertThat(byName(Manifests.of(overlay).objects())).isEqualTo(byName(Yaml.objects(rendered)));
    }

    private static Map<String, ObjectNode> byName(List<ObjectNode> objects) {
        Map<String, ObjectNode> byName = new TreeMap<>();
        objects.forEach(object -> byName.put(Manifests.nameOf(object), object));
        return byName;
    }

    private static String run(String... arguments) throws InterruptedException {
        try {
            ProcessBuilder builder = new ProcessBuilder("kubectl");
            builder.command().addAll(List.of(arguments));
            Process process =
                    builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? output : "";
        } catch (IOException e) {
            return "";
        }
    }
}
