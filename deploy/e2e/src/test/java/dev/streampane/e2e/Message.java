// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    /** A number of 64 characters with a larger exponent is 0, rounds to 0, or is not allowed. */
    private static final BigInteger FAR = BigInteger.valueOf(999);

    static Message heartbeat(byte[] value) {
        return new Message("", time(read(value)), List.of());
    }

    static Message of(Feed feed, byte[] value) {
        Map<String, String> message = read(value);
        String client = message.get("client");
        return new Message(
                feed == Feed.READINGS ? message.getOrDefault("device", client) : client,
                time(message),
                feed.measures().stream()
                        .map(measure -> units(message.get(measure.field()), feed.decimals()))
                        .toList());
    }

    private static BigInteger units(String number, int decimals) {
        String[] parts = number.split("[eE]");
        BigInteger exponent = new BigInteger(parts.length == 1 ? "0" : parts[1]);
        return new BigDecimal(parts[0])
                .scaleByPowerOfTen(exponent.max(FAR.negate()).min(FAR).intValue())
                .setScale(decimals, RoundingMode.HALF_EVEN)
                .unscaledValue();
    }

    private static long time(Map<String, String> message) {
        String text = message.get("ts");
        Instant time = text.contains("T")
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text, LEGACY).toInstant(ZoneOffset.UTC);
        return time.toEpochMilli();
    }

    /** The fields as they are written: a number as a key keeps its zeros. */
    private static Map<String, String> read(byte[] value) {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = JSON.createParser(value)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                fields.put(name, parser.getText());
                parser.skipChildren();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fields;
    }
}
