// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One Elasticsearch, with the templates, for all test classes of a JVM; who kills it restarts it. It starts when the first of them asks and ends
 * with the JVM.
 */
public final class SharedElasticsearch {

    private static LocalElasticsearch elasticsearch;

    private SharedElasticsearch() {}

    /**
     * The node with the index templates and an empty index of positions, as index-results makes it: indices of the class before are deleted.
     * Who asks does not close it.
     */
    public static synchronized LocalElasticsearch empty() {
        try {
            if (elasticsearch == null) {
                elasticsearch = LocalElasticsearch.start(Files.createTempDirectory(
                        Files.createDirectories(Path.of("target").toAbsolutePath()), "elasticsearch"));
                IndexTemplates.install(elasticsearch.url());
            }
            for (JsonNode index : indices()) {
                URI url = elasticsearch.url().resolve("/" + index.path("index").asText());
                ElasticsearchAccess.OPEN.send("DELETE", url, "");
            }
            if (!indices().isEmpty()) {
                throw new ServerException("Elasticsearch still has indices " + indices());
            }
            ElasticsearchAccess.OPEN.put(elasticsearch.url().resolve("/window-positions"), "{}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return elasticsearch;
    }

    private static JsonNode indices() throws IOException {
        return Http.get(elasticsearch.url().resolve("/_cat/indices?format=json&expand_wildcards=all"));
    }
}
