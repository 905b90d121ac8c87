// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the fields of a JSON request, and notes each that is unknown or not allowed. */
public final class FieldReader {

    private static final ObjectReader STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private final List<Violation> violations = new ArrayList<>();

    /**
     * The JSON of a request's body.
     *
     * @throws InvalidRequestException when it is none
     */
    public static JsonNode parse(byte[] body) {
        try {
            return STRICT.readTree(body);
        } catch (JsonProcessingException e) {
            throw new InvalidRequestException(List.of(new Violation("", "is not JSON: " + e.getOriginalMessage())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Ends the reading.
     *
     * @throws InvalidRequestException naming every field that is unknown or not allowed
     */
    public void check() {
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
        }
    }

    void violation(String field, String message) {
        violations.add(new Violation(field, message));
    }

    /** The field's value when it is there; one that does not convert is a violation. */
    public <T> Optional<T> value(
            JsonNode json, String path, String name, String allowed, Function<JsonNode, Optional<T>> convert) {
        JsonNode node = json.get(name);
        if (node == null) {
            return Optional.empty();
        }
        Optional<T> value = convert.apply(node);
        if (value.isEmpty()) {
            String message = shortened(node) + " is not allowed; allowed is " + allowed;
            violation(join(path, name), message);
        }
        return value;
    }

    /** Notes what is no object, and each of its fields that has none of these names. */
    public boolean known(String path, JsonNode json, Collection<String> names) {
        if (!json.isObject()) {
            violations.add(new Violation(path, "must be a JSON object"));
            return false;
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!names.contains(field.getKey())) {
                List<String> sorted = names.stream().sorted().toList();
                violations.add(new Violation(
                        join(path, field.getKey()), "is unknown; known are " + String.join(", ", sorted)));
            }
        }
        return true;
    }

    /** A whole number within these bounds. */
    public static Optional<Long> whole(JsonNode node, long min, long max) {
        boolean fits = node.isIntegralNumber()
                && node.canConvertToLong()
                && node.longValue() >= min
                && node.longValue() <= max;
        return fits ? Optional.of(node.longValue()) : Optional.empty();
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String shortened(JsonNode node) {
        String text = node.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
