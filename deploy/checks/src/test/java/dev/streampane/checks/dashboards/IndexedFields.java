// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The fields of our indices, by the templates of {@code deploy/elasticsearch}. */
final class IndexedFields {

    private static final Path FOLDER = Checkout.root().resolve("deploy/elasticsearch");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A field in a query of Lucene's or Kibana's language. */
    private static final Pattern IN_QUERY = Pattern.compile("([@\\w.]+)\\s*:");

    private IndexedFields() {}

    /** Types by field of an alias or of an index pattern of ours; nothing when it is neither. */
    static Map<String, String> of(String index) {
        Map<String, String> fields = new TreeMap<>();
        for (JsonNode template : templates("index-templates")) {
            boolean named = texts(template.path("index_patterns")).anyMatch(index::equals)
                    || template.at("/template/aliases").has(index);
            if (named) {
                addFields(template, fields);
                texts(template.path("composed_of"))
                        .forEach(component -> addFields(
                                read(FOLDER.resolve("component-templates").resolve(component + ".json")), fields));
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

    private static List<JsonNode> templates(String folder) {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            return files.map(IndexedFields::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText);
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
