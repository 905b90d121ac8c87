// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The index templates under {@code deploy/elasticsearch}; a template's name is the name of its file without {@code .json}, and the beginning
 * of its indices' names.
 */
public final class IndexTemplates {

    private static final String SUFFIX = ".json";

    private IndexTemplates() {}

    /**
     * Puts every file of {@code component-templates} and then every one of {@code index-templates}; existing templates are replaced.
     * Existing indices of window documents and alerts get those fields of all their documents that they lack.
     *
     * @throws UncheckedIOException with Elasticsearch's answer when it refuses one
     */
    public static void install(URI elasticsearch) {
        install(elasticsearch, ElasticsearchAccess.OPEN);
    }

    /** The same on an Elasticsearch that is reached with {@code access}. */
    public static void install(URI elasticsearch, ElasticsearchAccess access) {
        put(elasticsearch, access);
        Path folder = folder();
        try {
            extend(
                    elasticsearch,
                    "window-results-*,window-history-*",
                    folder.resolve("component-templates/window-document.json"),
                    access);
            extend(elasticsearch, "alerts-*", folder.resolve("index-templates/alerts.json"), access);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same without the fields of existing indices. */
    public static void put(URI elasticsearch) {
        put(elasticsearch, ElasticsearchAccess.OPEN);
    }

    private static void put(URI elasticsearch, ElasticsearchAccess access) {
        Path folder = folder();
        try {
            put(folder.resolve("component-templates"), elasticsearch.resolve("/_component_template/"), access);
            put(folder.resolve("index-templates"), elasticsearch.resolve("/_index_template/"), access);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        return Checkout.root().resolve("deploy/elasticsearch");
    }

    /** The aliases that an index of this name gets from its template, by name. */
    public static JsonNode aliases(String index) throws IOException {
        for (Path file : jsonFiles(folder().resolve("index-templates"))) {
            if (index.startsWith(name(file) + '-')) {
                return Http.JSON.readTree(Files.readString(file)).at("/template/aliases");
            }
        }
        return Http.JSON.missingNode();
    }

    /** Index by index: one that may not be changed lacks nothing, as a rule, and must not keep the others from it. */
    private static void extend(URI elasticsearch, String indices, Path template, ElasticsearchAccess access)
            throws IOException {
        JsonNode wanted = Http.JSON.readTree(Files.readString(template)).at("/template/mappings");
        URI all = elasticsearch.resolve("/" + indices + "/_mapping?allow_no_indices=true");
        for (var index : Http.JSON.readTree(access.send("GET", all, "")).properties()) {
            ObjectNode lacking = lacking(wanted, index.getValue().path("mappings"));
            if (!lacking.isEmpty()) {
                access.put(elasticsearch.resolve("/" + index.getKey() + "/_mapping"), lacking.toString());
            }
        }
    }

    /** The mapping of those fields of {@code wanted} that {@code found} does not have. */
    private static ObjectNode lacking(JsonNode wanted, JsonNode found) {
        ObjectNode lacking = Http.JSON.createObjectNode();
        for (var field : wanted.path("properties").properties()) {
            JsonNode there = found.path("properties").path(field.getKey());
            JsonNode missing = there.isMissingNode() ? field.getValue() : lacking(field.getValue(), there);
            if (!missing.isEmpty()) {
                lacking.withObject("properties").set(field.getKey(), missing);
            }
        }
        return lacking;
    }

    private static void put(Path folder, URI api, ElasticsearchAccess access) throws IOException {
        for (Path file : jsonFiles(folder)) {
            access.put(api.resolve(name(file)), Files.readString(file));
        }
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
    }

    /** The JSON files of a folder; as {@code -} sorts before {@code .}, each comes before the one whose name its own continues. */
    private static List<Path> jsonFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }
}
