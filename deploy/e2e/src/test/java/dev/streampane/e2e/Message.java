// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * A valid input message as the oracle reads it. It knows nothing of what is wrong with a malformed
 * one: the load says that.
 *
 * @param key device or client; empty for a heartbeat
 * @param eventTime milliseconds since 1970
 * @param units one number per measure of the feed, in scaled units
 */
record Message(String key, long eventTime, List<BigInteger> units) {

    private static final DateTimeFormatter LEGACY = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    static Message heartbeat(byte[] value) {
        return new Message("", time(read(value)), List.of());
    }

    static Message of(Feed feed, byte[] value) {
        JsonNode message = read(value);
        JsonNode key = message.has("device") ? message.get("device") : message.get("client");
        return new Message(
                key.asText(),
                time(message),
                feed.measures().stream()
                        .map(measure -> units(message.get(measure.field()), feed.decimals()))
                        .toList());
    }

    private static BigInteger units(JsonNode number, int decimals) {
        BigDecimal exact = number.decimalValue();
        return exact.setScale(decimals, RoundingMode.HALF_EVEN).unscaledValue();
    }

    private static long time(JsonNode message) {
        String text = message.get("ts").asText();
        Instant time = text.contains("T")
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text, LEGACY).toInstant(ZoneOffset.UTC);
        return time.toEpochMilli();
    }

    private static JsonNode read(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
