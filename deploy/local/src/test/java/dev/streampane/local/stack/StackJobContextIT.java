// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.control.StackException;
import dev.streampane.local.server.ElasticsearchAccess;
import dev.streampane.local.server.FreePorts;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.SharedElasticsearch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackJobContextIT {

    @TempDir
    Path data;

    @Test
    void shouldPutTheTemplatesThatElasticsearchHasLost() throws IOException {
        // Given
        URI elasticsearch = SharedElasticsearch.empty().url();
        for (String kind : List.of("/_index_template/", "/_component_template/")) {
            ElasticsearchAccess.OPEN.send("DELETE", elasticsearch.resolve(kind + '*'), "");
        }

        // When
        context(elasticsearch).prepare(StackSettings.INDEX);

        // Then
        URI index = elasticsearch.resolve("/window-results-weather-average-2026.11");
        ElasticsearchAccess.OPEN.send("PUT", index, "");
        JsonNode made = Http.get(index).elements().next();
        assertThat(made.path("aliases").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("window-results", "weather_data_1");
        assertThat(made.at("/mappings/properties/key/type").asText()).isEqualTo("keyword");
    }

    @Test
    void shouldSayWhenElasticsearchDoesNotAnswerAndAskItForIndexResultsOnly() {
        // Given
        URI nobody = URI.create("http://127.0.0.1:" + FreePorts.next());
        StackJobContext context = context(nobody);

        // When Then
        assertThatThrownBy(() -> context.prepare(StackSettings.INDEX))
                .isInstanceOf(StackException.class)
                .hasMessage(
                        "Elasticsearch does not take the index templates: no connection to " + nobody.getAuthority());
        assertThatCode(() -> context.prepare("word-count")).doesNotThrowAnyException();
    }

    private StackJobContext context(URI elasticsearch) {
        StackSettings settings = TestSettings.of(data, 0, List.of(), Optional.empty(), Map.of());
        Console console = new Console(new PrintStream(new ByteArrayOutputStream(), true), Console.Style.PLAIN, 80);
        return new StackJobContext(
                settings, elasticsearch, new Children(console), new PendingRetractions(settings, console));
    }
}
