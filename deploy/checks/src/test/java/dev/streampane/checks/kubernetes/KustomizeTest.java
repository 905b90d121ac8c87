// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.Tools;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Our rendering beside that of kubectl, where one is installed that is new enough (Debian's has kustomize 2). */
class KustomizeTest {

    static final List<String> OVERLAYS = Manifests.OVERLAYS;

    @ParameterizedTest
    @FieldSource("OVERLAYS")
    void shouldRenderWhatKustomizeRenders(String overlay) throws Exception {
        // Given
        assumeTrue(Tools.isInstalled("kubectl"), "no kubectl");
        assumeTrue(
                kubectl("version", "--client").matches("(?s).*Kustomize Version: v[5-9].*"),
                "no kubectl with kustomize 5 or newer");
        // When
        String rendered = kubectl("kustomize", "overlays/" + overlay);
        // Then
        assertThat(byName(Manifests.of(overlay).objects())).isEqualTo(byName(Yaml.objects(rendered)));
    }

    private static Map<String, ObjectNode> byName(List<ObjectNode> objects) {
        return objects.stream().collect(Collectors.toMap(Manifests::nameOf, Function.identity()));
    }

    private static String kubectl(String does, String what) throws Exception {
        return Tools.run(Manifests.FOLDER, List.of("kubectl", does, what)).output();
    }
}
