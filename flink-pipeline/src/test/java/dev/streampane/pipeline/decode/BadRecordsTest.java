// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad records that are too large for a file, and bytes that nobody thought of. */
class BadRecordsTest {

    private final JsonRecords<String> records =
            new JsonRecords<>(String.class, "reading", List.of("id", "n"), (fetched, fields) -> {
                fields.require("id");
                if (fields.has("n")) {
                    fields.units("n", 6);
                }
                return Decoded.value(fetched, fields.id("id"), 1);
            });

    static Stream<Arguments> large() {
        return Stream.of(
                Arguments.of("1 MB - 1", "{\"id\":\"" + "x".repeat(1_048_566) + "\"}", "TOO_BIG"),
                Arguments.of("1 MB", "{\"id\":\"" + "x".repeat(1_048_567) + "\"}", "TOO_BIG"),
                Arguments.of("10 MB", " ".repeat(10_485_760), "TOO_BIG"),
                Arguments.of("100,000 nested arrays", "[".repeat(100_000), "TOO_BIG"),
                Arguments.of("60,000 nested arrays", "[".repeat(60_000), "NOT_OBJECT"),
                Arguments.of("60,000 nested arrays in a field", "{\"a\":" + "[".repeat(60_000), "TOO_DEEP"),
                Arguments.of("100,000 fields", object(100_000), "TOO_BIG"),
                Arguments.of("5,000 fields", object(5_000), null),
                Arguments.of("a number of 60,000 digits", "{\"id\":1,\"n\":" + "9".repeat(60_000) + "}", "TOO_LONG"),
                Arguments.of(
                        "a fraction of 60,000 digits", "{\"id\":1,\"n\":0." + "9".repeat(60_000) + "}", "TOO_LONG"),
                Arguments.of(
                        "an exponent of 60,000 digits", "{\"id\":1,\"n\":1e" + "9".repeat(60_000) + "}", "TOO_LONG"),
                Arguments.of("a text of 60,000 escapes", "{\"id\":\"" + "\\n".repeat(30_000) + "\"}", "TOO_LONG"),
                Arguments.of("a name of 60,000 characters", "{\"" + "x".repeat(60_000) + "\":1}", "TOO_LONG"),
                Arguments.of("64 KiB exactly", padded(65_536), null),
                Arguments.of("64 KiB and a byte", padded(65_537), "TOO_BIG"));
    }

    private static String object(int fields) {
        return IntStream.range(0, fields)
                .mapToObj(i -> "\"f" + i + "\":0")
                .collect(Collectors.joining(",", "{\"id\":1,", "}"));
    }

    private static String padded(int bytes) {
        String object = "{\"id\":1}";
        return object + " ".repeat(bytes - object.length());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("large")
    void shouldGiveLargeRecordOneReason(String name, String value, RejectReason reason) {
        // When
        Decoded<String> decoded = records.decode(FetchedRecords.of(value));

        // Then
        assertThat(decoded.reason()).isEqualTo(reason);
        assertThat(decoded.message() == null || decoded.message().length() < 300)
                .isTrue();
    }

    @Test
    void shouldRejectTombstoneAsEmpty() {
        assertThat(records.decode(FetchedRecords.of((byte[]) null)).reason()).isEqualTo(RejectReason.EMPTY);
        assertThat(records.decode(FetchedRecords.of(null, Fetched.HEARTBEAT)).reason())
                .isEqualTo(RejectReason.EMPTY);
    }

    @Test
    void shouldNotLookAtTheKey() {
        // Given
        byte[] key = "another".getBytes(StandardCharsets.UTF_8);
        byte[] value = "{\"id\":\"device1\"}".getBytes(StandardCharsets.UTF_8);
        var fetched = new Fetched("t", FetchedRecords.TOPIC_ID, 0, 0, 0, key, value, "reading");

        // Then
        assertThat(records.decode(fetched).value()).isEqualTo("device1");
    }

    @Test
    void shouldRejectKindThatIsUnknown() {
        // Given
        byte[] value = "{\"id\":1}".getBytes(StandardCharsets.UTF_8);

        // When
        Decoded<String> decoded = records.decode(FetchedRecords.of(value, "Heartbeat\u001b[31m"));

        // Then
        assertThat(decoded.reason()).isEqualTo(RejectReason.UNKNOWN_TYPE);
        assertThat(decoded.message()).isEqualTo("header kind is \"Heartbeat\\u001b[31m\"");
    }
}
