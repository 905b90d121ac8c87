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

/** Reads the fields of a JSON request, and collects a violation for each field that is unknown or not allowed. */
public final class FieldReader {

    private static final ObjectReader STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private final List<Violation> violations = new ArrayList<>();

    /**
     * Parses the body of a request.
     *
     * @throws InvalidRequestException if the body is not JSON
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
     * @throws InvalidRequestException if there are violations; names all of them
     */
    public void check() {
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(violations);
        }
    }

    void violation(String field, String message) {
        violations.add(new Violation(field, message));
    }

    /** The value of a field; empty if the field is missing, or if its value is not allowed, which is a violation. */
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

    /** Whether {@code json} is an object. If it is not, that is a violation; otherwise each field that is not in {@code names} is one. */
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

    /** A whole number from {@code min} to {@code max}; otherwise empty. */
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
