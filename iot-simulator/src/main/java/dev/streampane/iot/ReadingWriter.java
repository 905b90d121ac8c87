// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.streampane.simulation.Hundredths;
import dev.streampane.simulation.JsonText;
import java.time.ZoneId;

/**
 * Writes readings as UTF-8 JSON, byte for byte the same for the same input.
 *
 * <pre>
 * JSON    {"device":"device1","ts":"2026-11-20T06:00:00.000Z","temperature":19.38,"humidity":57.09}
 * LEGACY  {"client":"device1","ts":"2024-05-12 02:11:37","temperature":19.38,"humidity":57.09}
 * </pre>
 *
 * Numbers always have two decimals. LEGACY times are cut to whole seconds. Not safe for use by several threads at once.
 */
final class ReadingWriter {

    private final ReadingFormat format;
    private final JsonText text = new JsonText();
    private final JsonText.Seconds legacySeconds;

    /**
     * @param zone zone of the LEGACY times; JSON times are always UTC
     */
    ReadingWriter(ReadingFormat format, ZoneId zone) {
        this.format = format;
        this.legacySeconds = new JsonText.Seconds("uuuu-MM-dd HH:mm:ss", zone);
    }

    byte[] write(DeviceReading reading) {
        StringBuilder json = new StringBuilder(128);
        json.append(format == ReadingFormat.LEGACY ? "{\"client\":" : "{\"device\":");
        JsonText.appendString(json, reading.device());
        json.append(",\"ts\":\"");
        appendTime(json, reading.eventTimeMillis());
        json.append("\",\"temperature\":");
        JsonText.appendFixed(json, reading.temperatureHundredths(), Hundredths.DECIMALS);
        json.append(",\"humidity\":");
        JsonText.appendFixed(json, reading.humidityHundredths(), Hundredths.DECIMALS);
        return json.append('}').toString().getBytes(UTF_8);
    }

    private void appendTime(StringBuilder json, long millis) {
        if (format == ReadingFormat.LEGACY) {
            json.append(legacySeconds.of(millis));
        } else {
            text.appendTime(json, millis);
        }
    }
}
