// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.PublishedResult;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.HexFormat;

/** The id of a window by its job, specification, key and times, as contract window-result/v1 says. */
final class WindowId {

    private static final int MAX_KEY_LENGTH = 200;

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4, 9, SignStyle.EXCEEDS_PAD)
            .appendPattern("MMdd'T'HHmmss.SSS'Z'")
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private WindowId() {}

    /** The id of the window that begins and ends then, ms since the epoch; of a global pane by the number that the result says. */
    static String of(PublishedResult result, long start, long end) {
        String spec = result.spec().replaceAll("[(,=:]", "-").replaceAll("[) ]", "");
        String key = encoded(result.key());
        JsonNode number = result.json().path("window").path("number");
        return String.join(
                "~",
                encoded(result.job()),
                encoded(spec),
                key.length() > MAX_KEY_LENGTH || key.matches("[0-9a-f]{64}") ? hashed(result.key()) : key,
                number.isMissingNode()
                        ? TIME.format(Instant.ofEpochMilli(start)) + "~" + TIME.format(Instant.ofEpochMilli(end))
                        : number.asText());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    private static String hashed(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
