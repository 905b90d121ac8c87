// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ReadingWriterTest {

    private static final long SIX = Instant.parse("2026-11-20T06:00:00Z").toEpochMilli();

    @Test
    void shouldWriteTheContractsFormat() {
        assertThat(json(new DeviceReading("device1", SIX, 1938, 5709)))
                .isEqualTo("{\"device\":\"device1\",\"ts\":\"2026-11-20T06:00:00.000Z\","
                        + "\"temperature\":19.38,\"humidity\":57.09}");
    }

    @Test
    void shouldWriteTheLegacyFormatWithoutMillisecondsAndZone() {
        // Given
        long time = Instant.parse("2024-05-12T02:11:37.999Z").toEpochMilli();

        // When
        String json = legacy(ZoneOffset.UTC, time);

        // Then
        assertThat(json)
                .isEqualTo("{\"client\":\"device1\",\"ts\":\"2024-05-12 02:11:37\","
                        + "\"temperature\":19.38,\"humidity\":57.09}");
    }

    @Test
    void shouldWriteLegacyTimesInTheirZone() {
        long time = Instant.parse("2024-05-12T02:11:37Z").toEpochMilli();

        assertThat(legacy(ZoneId.of("Europe/Berlin"), time)).contains("\"2024-05-12 04:11:37\"");
    }

    @Test
    void shouldAlwaysWriteTwoDecimalsAndThreeDigitsOfTheSecond() {
        assertThat(json(new DeviceReading("d", SIX + 7, 5, -1)))
                .contains("06:00:00.007Z", "\"temperature\":0.05,", "\"humidity\":-0.01}");
        assertThat(json(new DeviceReading("d", SIX + 70, 3000, -12345)))
                .contains("06:00:00.070Z", "\"temperature\":30.00,", "\"humidity\":-123.45}");
    }

    @Test
    void shouldEscapeWhatJsonDoesNotAllowInAString() {
        assertThat(json(new DeviceReading("a\"b\\c\nd\u0001é€😀", SIX, 0, 0)))
                .startsWith("{\"device\":\"a\\\"b\\\\c\\nd\\u0001é€😀\",");
    }

    @Test
    void shouldNotDependOnTheLocale() {
        // Given
        Locale before = Locale.getDefault();
        String expected = json(new DeviceReading("device1", SIX, 1938, 5709));

        for (String tag : new String[] {"tr-TR", "de-DE", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist"}) {
            try {
                // When
                Locale.setDefault(Locale.forLanguageTag(tag));

                // Then
                assertThat(json(new DeviceReading("device1", SIX, 1938, 5709))).isEqualTo(expected);
            } finally {
                Locale.setDefault(before);
            }
        }
    }

    private static String json(DeviceReading reading) {
        return new String(new ReadingWriter(ReadingFormat.JSON, ZoneOffset.UTC).write(reading), UTF_8);
    }

    private static String legacy(ZoneId zone, long time) {
        DeviceReading reading = new DeviceReading("device1", time, 1938, 5709);
        return new String(new ReadingWriter(ReadingFormat.LEGACY, zone).write(reading), UTF_8);
    }
}
