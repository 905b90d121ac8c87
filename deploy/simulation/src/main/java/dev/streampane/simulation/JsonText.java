// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** What the values' JSON consists of, byte for byte the same for the same input. Not safe for use by several threads at once. */
public final class JsonText {

    private final Seconds isoSeconds = new Seconds("uuuu-MM-dd'T'HH:mm:ss", ZoneOffset.UTC);

    /** The contract heartbeat/v1: {@code {"ts":"2026-11-20T06:00:00.000Z"}}. */
    public byte[] heartbeat(long eventTimeMillis) {
        StringBuilder json = new StringBuilder(40).append("{\"ts\":\"");
        appendTime(json, eventTimeMillis);
        return json.append("\"}").toString().getBytes(UTF_8);
    }

    /** Appends {@code 2026-11-20T06:00:00.000Z}, without quotes. */
    public void appendTime(StringBuilder json, long millis) {
        json.append(isoSeconds.of(millis)).append('.');
        appendPadded(json, Math.floorMod(millis, 1000), 100);
        json.append('Z');
    }

    /** Appends a number of so many decimals: 1205 of two is {@code 12.05}. */
    public static void appendFixed(StringBuilder json, long units, int decimals) {
        if (units < 0) {
            json.append('-');
        }
        long scale = 1;
        for (int i = 0; i < decimals; i++) {
            scale *= 10;
        }
        long magnitude = Math.abs(units);
        json.append(magnitude / scale).append('.');
        appendPadded(json, magnitude % scale, scale / 10);
    }

    /** Appends a JSON string with its quotes; control characters become {@code \\u00XX}. */
    public static void appendString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private static void appendPadded(StringBuilder json, long number, long highestDigit) {
        for (long digit = highestDigit; digit > 0; digit /= 10) {
            json.append((char) ('0' + number / digit % 10));
        }
    }

    /** Formats the second that a moment lies in, once per second. */
    public static final class Seconds {
        private final DateTimeFormatter formatter;
        private long second = Long.MIN_VALUE;
        private String text;

        /**
         * @param pattern of {@link DateTimeFormatter}
         */
        public Seconds(String pattern, ZoneId zone) {
            this.formatter = DateTimeFormatter.ofPattern(pattern).withZone(zone);
        }

        /** The text of the second of a time in ms since the epoch. */
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
