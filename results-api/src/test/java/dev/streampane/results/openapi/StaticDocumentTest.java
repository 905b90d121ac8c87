// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of the API by its code alone is not said once more by hand. */
class StaticDocumentTest {

    @ParameterizedTest
    @ValueSource(strings = {"parameters", "schema", "schemas", "responses"})
    void shouldLeaveToTheCode(String name) throws IOException {
        // Given
        JsonNode document = YAMLMapper.builder()
                .build()
                .readTree(Path.of("src/main/resources/META-INF/openapi.yaml").toFile());
        // Then
        assertThat(document.findValues(name)).isEmpty();
    }
}
