// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes parts of JSON values, byte for byte the same for the same input. Not safe for use by several threads at once. */
public final class JsonText {

    private final Seconds isoSeconds = new Seconds("uuuu-MM-dd'T'HH:mm:ss", ZoneOffset.UTC);

    /** A heartbeat of the contract heartbeat/v1: {@code {"ts":"2026-11-20T06:00:00.000Z"}}. */
    public byte[] heartbeat(long eventTimeMillis) {
        StringBuilder json = new StringBuilder(40).append("{\"ts\":\"");
        appendTime(json, eventTimeMillis);
        return json.append("\"}").toString().getBytes(UTF_8);
    }

    /** Appends a time in ms since the epoch as {@code 2026-11-20T06:00:00.000Z}, without quotes. */
    public void appendTime(StringBuilder json, long millis) {
        json.append(isoSeconds.of(millis)).append('.');
        json.append(Integer.toString(1000 + Math.floorMod(millis, 1000)), 1, 4).append('Z');
    }

    /** Appends a fixed-point number: 1205 units with 2 decimals are {@code 12.05}. */
    public static void appendFixed(StringBuilder json, long units, int decimals) {
        json.append(BigDecimal.valueOf(units, decimals).toPlainString());
    }

    /** Appends a JSON string with its quotes. */
    public static void appendString(StringBuilder json, String text) {
        json.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        json.append('"');
    }

    /** Formats times in whole seconds; formats again only when the second changes. */
    public static final class Seconds {
        private final DateTimeFormatter formatter;
        private long second = Long.MIN_VALUE;
        private String text;

        /**
         * @param pattern a pattern of {@link DateTimeFormatter}
         */
        public Seconds(String pattern, ZoneId zone) {
            this.formatter = DateTimeFormatter.ofPattern(pattern).withZone(zone);
        }

        /** The text of the second that contains a time, in ms since the epoch. */
        public String of(long millis) {
            long wanted = Math.floorDiv(millis, 1000L);
            if (wanted != second) {
                second = wanted;
                text = formatter.format(Instant.ofEpochSecond(wanted));
            }
            return text;
        }
    }
}
