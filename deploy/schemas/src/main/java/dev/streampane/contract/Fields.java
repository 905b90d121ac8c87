// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Fields of one JSON object: written in the order of the contract, so that equal records give equal bytes; read one by one, where a field
 * that is missing or of another type is refused by {@link IllegalArgumentException} with its name.
 */
final class Fields {

    private static final JsonFactory FACTORY = new JsonFactory();

    /** Writes the fields of one object. */
    @FunctionalInterface
    interface Writer {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private Fields() {}

    static byte[] write(Writer fields) {
        var bytes = new ByteArrayOutputStream(768);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** ISO-8601 in UTC, or JSON null. */
    static void write(JsonGenerator json, String name, Optional<Instant> instant) throws IOException {
        json.writeStringField(name, instant.map(Instant::toString).orElse(null));
    }

    static void write(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
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

    static boolean bool(JsonNode json, String name) {
        return required(json, name, json.path(name).isBoolean()).booleanValue();
    }

    /** A time that a clock in ms can show. */
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
        var list = new ArrayList<T>();
        required(json, name, json.path(name).isArray()).forEach(one -> list.add(element.apply(one)));
        return List.copyOf(list);
    }

    /** Empty where there is none. */
    static String optionalText(JsonNode json, String name) {
        return json.has(name) ? text(json, name) : "";
    }

    /** Empty where there are none. */
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
