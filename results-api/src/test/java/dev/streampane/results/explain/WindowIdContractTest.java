// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.PublishedResult;
import dev.streampane.results.Fixtures;
import dev.streampane.results.log.RecordJson;
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
        JsonNode json = RecordJson.read(Fixtures.bytes(example));
        PublishedResult result = PublishedResult.read(json).orElseThrow();
        assertThat(WindowId.of(result, result.startMillis(), result.endMillis()))
                .isEqualTo(json.path("id").asText());
    }
}
