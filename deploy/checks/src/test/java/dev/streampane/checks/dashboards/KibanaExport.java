// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.nio.file.Path;
import java.util.List;

/** The saved objects that Kibana imports. */
final class KibanaExport {

    static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/kibana");

    private KibanaExport() {}

    /**
     * A saved object.
     *
     * @param attributes with the texts of JSON in it as they are
     */
    record Saved(String type, String id, JsonNode attributes, JsonNode references, JsonNode json) {

        /** A text of JSON among the attributes. */
        JsonNode nested(String pointer) {
            return Sources.json(attributes.at(pointer).asText());
        }

        /** The object that a reference of this name leads to. */
        String referred(String name) {
            return Sources.items(references)
                    .filter(reference -> reference.path("name").asText().equals(name))
                    .map(reference -> reference.path("type").asText() + "/"
                            + reference.path("id").asText())
                    .findFirst()
                    .orElse("nothing: " + name);
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
        return Sources.text(FOLDER.resolve("export.ndjson"))
                .lines()
                .map(Sources::json)
                .map(json -> new Saved(
                        json.path("type").asText(),
                        json.path("id").asText(),
                        json.path("attributes"),
                        json.path("references"),
                        json))
                .toList();
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
}
