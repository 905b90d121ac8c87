// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/**
 * Writes one JSON object, field by field in the order of the contract, so that equal records give equal bytes; and reads it with every number
 * as it is written.
 */
public final class Json {

    /** Keeps decimals as they are written: {@code 19.380000} stays that. */
    public static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    /** The fields of one object. */
    @FunctionalInterface
    public interface Fields {
        /** Writes them in their order. */
        void writeTo(JsonGenerator json) throws IOException;
    }

    private Json() {}

    /**
     * What is in {@code json}.
     *
     * @throws UncheckedIOException when it is no JSON
     */
    public static JsonNode read(byte[] json) {
        try {
            return EXACT.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The object as UTF-8. */
    public static byte[] object(Fields fields) {
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
    public static void instant(JsonGenerator json, String name, Instant instant) throws IOException {
        json.writeStringField(name, instant == null ? null : instant.toString());
    }

    /** An array of texts. */
    public static void strings(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
