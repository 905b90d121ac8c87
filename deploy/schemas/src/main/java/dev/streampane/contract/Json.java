// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializerBase;
import com.fasterxml.jackson.databind.util.StdConverter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes records with their fields in declaration order, so that equal records give equal bytes. Reads JSON and keeps every number as it is
 * written.
 */
public final class Json {

    /** Keeps decimals as they are written: {@code 19.380000} keeps its zeros. */
    public static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    /** Writes fields in declaration order, instants and durations as ISO-8601, an empty {@link Optional} as null. */
    private static final JsonMapper RECORDS = JsonMapper.builder()
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, new ToStringSerializerBase(Instant.class) {
                        @Override
                        public String valueToString(Object instant) {
                            return text((Instant) instant);
                        }
                    })
                    .addSerializer(Duration.class, ToStringSerializer.instance)
                    .addSerializer(Optional.class, new StdDelegatingSerializer(new StdConverter<Optional<?>, Object>() {
                        @Override
                        public Object convert(Optional<?> value) {
                            return value.orElse(null);
                        }
                    })))
            .build();

    /** Recently formatted seconds. Threads share this cache without a lock: an entry is immutable, so a thread never sees half of one. */
    private static final SecondText[] SECONDS = new SecondText[64];

    private static final int NANOS_PER_MILLI = 1_000_000;

    private record SecondText(long second, String text) {}

    private Json() {}

    /**
     * Parses {@code json}.
     *
     * @throws UncheckedIOException if it is not JSON, or has a number that no {@link java.math.BigDecimal} holds
     */
    public static JsonNode read(byte[] json) {
        try {
            return EXACT.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NumberFormatException e) { // of an exponent of many digits
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** A record as JSON in UTF-8, its fields in declaration order. */
    public static byte[] of(Record fields) {
        try {
            return RECORDS.writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    /** Same text as {@link Instant#toString()}, but the seconds are cached: consecutive records often share them. */
    private static String text(Instant instant) {
        int nanos = instant.getNano();
        if (nanos % NANOS_PER_MILLI != 0) {
            return instant.toString();
        }
        String second = text(instant.getEpochSecond());
        if (nanos == 0) {
            return second;
        }
        int millis = nanos / NANOS_PER_MILLI;
        return new StringBuilder(second.length() + 4)
                .append(second, 0, second.length() - 1)
                .append('.')
                .append((char) ('0' + millis / 100))
                .append((char) ('0' + millis / 10 % 10))
                .append((char) ('0' + millis % 10))
                .append('Z')
                .toString();
    }

    private static String text(long second) {
        int slot = (int) second & SECONDS.length - 1;
        SecondText known = SECONDS[slot];
        if (known == null || known.second != second) {
            known = new SecondText(second, Instant.ofEpochSecond(second).toString());
            SECONDS[slot] = known;
        }
        return known.text;
    }
}
