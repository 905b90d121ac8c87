// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The saved objects that Kibana imports. */
final class KibanaExport {

    static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/kibana");
    private static final ObjectMapper JSON = new ObjectMapper();

    private KibanaExport() {}

    /**
     * A saved object.
     *
     * @param attributes with the texts of JSON in it as they are
     */
    record Saved(String type, String id, JsonNode attributes, JsonNode references, JsonNode json) {

        /** A text of JSON among the attributes. */
        JsonNode nested(String pointer) {
            return read(attributes.at(pointer).asText());
        }

        /** The object that a reference of this name leads to. */
        String referred(String name) {
            for (JsonNode reference : references) {
                if (reference.path("name").asText().equals(name)) {
                    return reference.path("type").asText() + "/"
                            + reference.path("id").asText();
                }
            }
            return "nothing: " + name;
        }

        String key() {
            return type + "/" + id;
        }

        @Override
        public String toString() {
            return key();
        }
    }

    static List<Saved> objects() {
        try {
            List<Saved> objects = new ArrayList<>();
            for (String line : Files.readAllLines(FOLDER.resolve("export.ndjson"))) {
                JsonNode json = JSON.readTree(line);
                objects.add(new Saved(
                        json.path("type").asText(),
                        json.path("id").asText(),
                        json.path("attributes"),
                        json.path("references"),
                        json));
            }
            return objects;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Saved> ofType(String type) {
        return objects().stream().filter(object -> object.type().equals(type)).toList();
    }

    static List<Saved> visualizations() {
        return ofType("visualization");
    }

    /** Title of the data view of a visualization: the index that it asks. */
    static String index(Saved visualization) {
        String name = visualization
                .nested("/kibanaSavedObjectMeta/searchSourceJSON")
                .path("indexRefName")
                .asText();
        return objects().stream()
                .filter(object -> object.key().equals(visualization.referred(name)))
                .map(view -> view.attributes().path("title").asText())
                .findAny()
                .orElseThrow(() -> new AssertionError(visualization + " has no data view"));
    }

    static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }
}
