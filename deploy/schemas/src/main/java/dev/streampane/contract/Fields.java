// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads single fields of a JSON object. A field that is missing or has another type throws {@link IllegalArgumentException} with its name. */
final class Fields {

    private Fields() {}

    /** The record that {@code record} reads; empty if it refuses a field. */
    static <T> Optional<T> find(Supplier<T> record) {
        try {
            return Optional.of(record.get());
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    static String text(JsonNode json, String name) {
        return required(json, name, json.path(name).isTextual()).textValue();
    }

    static long number(JsonNode json, String name) {
        return required(
                        json,
                        name,
                        json.path(name).canConvertToLong() && json.path(name).isIntegralNumber())
                .longValue();
    }

    static int small(JsonNode json, String name) {
        return Math.toIntExact(number(json, name));
    }

    static Optional<Integer> optionalSmall(JsonNode json, String name) {
        return json.has(name) ? Optional.of(small(json, name)) : Optional.empty();
    }

    static boolean bool(JsonNode json, String name) {
        return required(json, name, json.path(name).isBoolean()).booleanValue();
    }

    /** An instant truncated to milliseconds; throws if it does not fit into a long of milliseconds. */
    static Instant instant(JsonNode json, String name) {
        return Instant.ofEpochMilli(Instant.parse(text(json, name)).toEpochMilli());
    }

    static Optional<Instant> optionalInstant(JsonNode json, String name) {
        return required(json, name, json.has(name)).isNull() ? Optional.empty() : Optional.of(instant(json, name));
    }

    static Duration duration(JsonNode json, String name) {
        return Duration.ofMillis(Duration.parse(text(json, name)).toMillis());
    }

    static <T> List<T> list(JsonNode json, String name, Function<JsonNode, T> element) {
        return required(json, name, json.path(name).isArray())
                .valueStream()
                .map(element)
                .toList();
    }

    /** The text of a field; the empty text if the field is missing. */
    static String optionalText(JsonNode json, String name) {
        return json.has(name) ? text(json, name) : "";
    }

    /** The texts of a field; an empty list if the field is missing. */
    static List<String> optionalTexts(JsonNode json, String name) {
        return json.has(name) ? list(json, name, JsonNode::asText) : List.of();
    }

    private static JsonNode required(JsonNode json, String name, boolean valid) {
        if (!valid) {
            throw new IllegalArgumentException(name + ": " + json.path(name));
        }
        return json.path(name);
    }
}
