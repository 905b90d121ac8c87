// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes readings and heartbeats as UTF-8 JSON, byte for byte the same for the same input.
 *
 * <pre>
 * JSON    {"device":"device1","ts":"2026-11-20T06:00:00.000Z","temperature":19.38,"humidity":57.09}
 * LEGACY  {"client":"device1","ts":"2024-05-12 02:11:37","temperature":19.38,"humidity":57.09}
 * </pre>
 *
 * Numbers always have two decimals. LEGACY cuts the milliseconds off. Not safe for use by several threads at once.
 */
final class ReadingWriter {

    private static final DateTimeFormatter ISO_SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter LEGACY_SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    private final ReadingFormat format;
    private final SecondText isoSeconds = new SecondText(ISO_SECONDS.withZone(ZoneOffset.UTC));
    private final SecondText legacySeconds;

    /**
     * @param zone zone of the LEGACY times; JSON is always UTC
     */
    ReadingWriter(ReadingFormat format, ZoneId zone) {
        this.format = format;
        this.legacySeconds = new SecondText(LEGACY_SECONDS.withZone(zone));
    }

    byte[] write(DeviceReading reading) {
        StringBuilder json = new StringBuilder(128);
        json.append(format == ReadingFormat.LEGACY ? "{\"client\":" : "{\"device\":");
        appendString(json, reading.device());
        json.append(",\"ts\":\"");
        appendTime(json, reading.eventTimeMillis());
        json.append("\",\"temperature\":");
        appendHundredths(json, reading.temperatureHundredths());
        json.append(",\"humidity\":");
        appendHundredths(json, reading.humidityHundredths());
        return json.append('}').toString().getBytes(UTF_8);
    }

    /** The contract heartbeat/v1, in every format: {@code {"ts":"2026-11-20T06:00:00.000Z"}}. */
    byte[] writeHeartbeat(long eventTimeMillis) {
        StringBuilder json = new StringBuilder(40).append("{\"ts\":\"");
        appendIso(json, eventTimeMillis);
        return json.append("\"}").toString().getBytes(UTF_8);
    }

    private void appendTime(StringBuilder json, long millis) {
        if (format == ReadingFormat.LEGACY) {
            json.append(legacySeconds.of(millis));
        } else {
            appendIso(json, millis);
        }
    }

    private void appendIso(StringBuilder json, long millis) {
        json.append(isoSeconds.of(millis)).append('.');
        appendPadded(json, Math.floorMod(millis, 1000), 100);
        json.append('Z');
    }

    static void appendHundredths(StringBuilder json, long hundredths) {
        if (hundredths < 0) {
            json.append('-');
        }
        long magnitude = Math.abs(hundredths);
        json.append(magnitude / 100).append('.');
        appendPadded(json, magnitude % 100, 10);
    }

    private static void appendPadded(StringBuilder json, long number, long highestDigit) {
        for (long digit = highestDigit; digit > 0; digit /= 10) {
            json.append((char) ('0' + number / digit % 10));
        }
    }

    /** Appends a JSON string with its quotes; control characters become {@code \\u00XX}. */
    static void appendString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u00")
                        .append(Character.forDigit(c >> 4, 16))
                        .append(Character.forDigit(c & 15, 16));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** Formats the second that a moment lies in, once per second. */
    private static final class SecondText {
        private final DateTimeFormatter formatter;
        private long second = Long.MIN_VALUE;
        private String text;

        SecondText(DateTimeFormatter formatter) {
            this.formatter = formatter;
        }

        String of(long millis) {
            long wanted = Math.floorDiv(millis, 1000L);
            if (wanted != second) {
                second = wanted;
                text = formatter.format(Instant.ofEpochSecond(wanted));
            }
            return text;
        }
    }
}
