// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Files of the checkout, and what is read of them. */
public final class Sources {

    /** A key that comes twice is refused. */
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final ObjectMapper JSON = new ObjectMapper();

    private Sources() {}

    /** The text of a file. */
    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a file of the checkout. */
    public static String text(String path) {
        return text(Checkout.root().resolve(path));
    }

    /** The first text that a pattern finds in a file of the checkout. */
    public static MatchResult find(Pattern pattern, String path) {
        return pattern.matcher(text(path))
                .results()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + pattern + " in " + path));
    }

    /** A file of JSON, or of YAML. */
    public static JsonNode tree(Path file) {
        return file.toString().endsWith(".json") ? tree(JSON, text(file)) : tree(text(file));
    }

    /** A text of YAML. */
    public static JsonNode tree(String yaml) {
        return tree(YAML, yaml);
    }

    /** The objects of a text of YAML, one per document. */
    public static List<ObjectNode> objects(String yaml) {
        // a parser of its own, for the other way takes the elements of a list for documents
        try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(YAML.createParser(yaml))) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A text of JSON. */
    public static JsonNode json(String json) {
        return tree(JSON, json);
    }

    private static JsonNode tree(ObjectMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of a folder of the checkout, by name. */
    public static List<Path> files(String folder) {
        try (Stream<Path> files = Files.list(Checkout.root().resolve(folder))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text at a pointer; empty where there is none. */
    public static String text(JsonNode node, String pointer) {
        return node.at(pointer).asText();
    }

    /** The items of the array at a pointer; none where there is no array. */
    public static Stream<JsonNode> items(JsonNode node, String pointer) {
        return items(node.at(pointer));
    }

    /** The items of an array; none where there is no array. */
    public static Stream<JsonNode> items(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** The texts of an array, in its order. */
    public static Set<String> texts(JsonNode array) {
        Set<String> texts = new LinkedHashSet<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    /** The fields of an object as texts. */
    public static Map<String, String> fields(JsonNode object) {
        Map<String, String> fields = new TreeMap<>();
        object.properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
        return fields;
    }
}
