// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.Fixtures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WindowIdContractTest {

    static List<Path> examples() {
        return Fixtures.contractFiles("window-result", "examples");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldMakeTheIdOfEveryExample(Path example) {
        JsonNode json = Comparison.json(Fixtures.bytes(example));
        Result result = Result.of(json).orElseThrow();
        assertThat(WindowId.of(result, result.start(), result.end()))
                .isEqualTo(json.path("id").asText());
    }
}
