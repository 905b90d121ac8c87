// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The fields of our indices, by the templates of {@code deploy/elasticsearch}. */
final class IndexedFields {

    private static final String FOLDER = "deploy/elasticsearch/";

    /** A field in a query of Lucene's or Kibana's language. */
    private static final Pattern IN_QUERY = Pattern.compile("([@\\w.]+)\\s*:");

    private IndexedFields() {}

    /** Types by field of an alias or of an index pattern of ours; nothing when it is neither. */
    static Map<String, String> of(String index) {
        Map<String, String> fields = new TreeMap<>();
        for (Path file : Sources.files(FOLDER + "index-templates")) {
            JsonNode template = Sources.tree(file);
            if (Sources.texts(template.path("index_patterns")).contains(index)
                    || template.at("/template/aliases").has(index)) {
                addFields(template, fields);
                Sources.texts(template.path("composed_of"))
                        .forEach(component -> addFields(
                                Sources.json(Sources.text(FOLDER + "component-templates/" + component + ".json")),
                                fields));
            }
        }
        return fields;
    }

    /** Fields that a query names. */
    static List<String> ofQuery(String query) {
        return IN_QUERY.matcher(query.replaceAll("\"[^\"]*\"", "\"\""))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static void addFields(JsonNode template, Map<String, String> fields) {
        addFields("", template.at("/template/mappings/properties"), fields);
    }

    private static void addFields(String prefix, JsonNode properties, Map<String, String> fields) {
        properties.properties().forEach(property -> {
            String name = prefix + property.getKey();
            JsonNode field = property.getValue();
            if (field.has("properties")) {
                addFields(name + ".", field.path("properties"), fields);
            } else {
                fields.put(name, field.path("type").asText());
                addFields(name + ".", field.path("fields"), fields);
            }
        });
    }
}
