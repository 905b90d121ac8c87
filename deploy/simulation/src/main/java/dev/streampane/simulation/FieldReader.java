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

/**
 * Reads the fields of a JSON request, or of an object in it, and collects a violation for each field that is unknown or not allowed. The
 * field {@code faults.outOfOrder.by} may have the values of the setting {@code faults.out-of-order.by}.
 */
public final class FieldReader {

    private static final ObjectReader STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private final Map<String, Setting> settings;
    private final String path;
    private final JsonNode json;
    private final List<Violation> violations;

    /**
     * @param settings configuration with the allowed values
     */
    public FieldReader(Class<? extends SimulatorConfig> settings, JsonNode json) {
        this(Setting.all(settings, ""), "", json, new ArrayList<>());
    }

    private FieldReader(Map<String, Setting> settings, String path, JsonNode json, List<Violation> violations) {
        this.settings = settings;
        this.path = path;
        this.json = json;
        this.violations = violations;
    }

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

    /** Reads the object in a field, which may have the fields {@code names}; empty if the field is missing or not an object. */
    public Optional<FieldReader> group(String name, String... names) {
        return Optional.ofNullable(json.get(name))
                .map(node -> new FieldReader(settings, join(name), node, violations))
                .filter(group -> group.known(List.of(names)));
    }

    /** The value of a field that may have the values of the setting of this name; empty as in {@link #value(String, String, Function)}. */
    public <T> Optional<T> value(String name, Function<JsonNode, Optional<T>> convert) {
        Setting setting = settings.get(Setting.key(join(name)));
        return value(name, setting.allowed(), node -> convert.apply(node).filter(setting::fits));
    }

    /** The value of a field; empty if the field is missing, or if its value is not allowed, which is a violation. */
    <T> Optional<T> value(String name, String allowed, Function<JsonNode, Optional<T>> convert) {
        JsonNode node = json.get(name);
        if (node == null) {
            return Optional.empty();
        }
        Optional<T> value = convert.apply(node);
        if (value.isEmpty()) {
            violation(name, shortened(node) + " is not allowed; allowed is " + allowed);
        }
        return value;
    }

    /** Whether this is an object. If it is not, that is a violation; otherwise each field that is not in {@code names} is one. */
    boolean known(Collection<String> names) {
        if (!json.isObject()) {
            violation("", "must be a JSON object");
            return false;
        }
        String known = String.join(", ", names.stream().sorted().toList());
        json.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                violation(name, "is unknown; known are " + known);
            }
        });
        return true;
    }

    boolean isEmpty() {
        return json.isEmpty();
    }

    void violation(String name, String message) {
        violations.add(new Violation(join(name), message));
    }

    /** A whole number; otherwise empty. */
    public static Optional<Long> whole(JsonNode node) {
        return Optional.of(node)
                .filter(number -> number.isIntegralNumber() && number.canConvertToLong())
                .map(JsonNode::longValue);
    }

    private String join(String name) {
        return path.isEmpty() || name.isEmpty() ? path + name : path + "." + name;
    }

    private static String shortened(JsonNode node) {
        String text = node.toString();
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
