// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.Fixtures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RejectContractTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Stream<Path> valid() {
        return Stream.of("dead-letter", "late-record").flatMap(contract -> Stream.of("examples", "future")
                .flatMap(folder -> Fixtures.contractFiles(contract, folder).stream()));
    }

    static Stream<Path> refused() {
        return Stream.of("dead-letter", "late-record")
                .flatMap(contract -> Fixtures.contractFiles(contract, "rejected").stream());
    }

    @ParameterizedTest
    @MethodSource("valid")
    void shouldShowEachFieldOfWhatTheContractAllows(Path file) throws IOException {
        // Given
        JsonNode message = JSON.readTree(Fixtures.bytes(file));
        JsonNode headers = message.get("headers");
        // When
        JsonNode item = item(file, message);
        // Then
        assertThat(item.get("malformed")).isEmpty();
        for (String name : List.of("job", "generation", kind(file).cause())) {
            assertThat(item.get(name).asText()).isEqualTo(headers.get(name).asText());
        }
        for (String name : List.of("topic", "partition", "offset")) {
            assertThat(item.get("input").get(name).asText())
                    .isEqualTo(headers.get(name).asText());
        }
        assertThat(item.at("/input/row").asText(null))
                .isEqualTo(headers.path("row").asText(null));
        assertThat(item.at("/input/appended").asText(null))
                .isEqualTo(headers.path("append-time").asText(null));
        assertThat(item.at("/key/text").asText(null))
                .isEqualTo(message.get("key").asText(null));
        assertThat(item.at("/links/books").isTextual()).isTrue();
        if (kind(file) == RejectKind.LATE) {
            assertThat(item.get("eventTime").asText())
                    .isEqualTo(headers.get("event-time").asText());
            assertThat(item.at("/links/windows").asText()).startsWith("/api/v1/windows?job=");
        } else {
            assertThat(item.get("message").asText())
                    .isEqualTo(headers.get("message").asText());
            assertThat(item.at("/links/window").isTextual())
                    .isEqualTo(
                            headers.has("id") && headers.path("topic").asText().equals("window-results"));
        }
        if (message.get("value").isNull()) {
            assertThat(item.get("value").isNull()).isTrue();
        } else if (message.get("value").binaryValue().length <= RawBytes.SHOWN) {
            assertThat(item.at("/value/base64")).isEqualTo(message.get("value"));
        }
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldNotFallOverWhatTheContractRefuses(Path file) throws IOException {
        // Given
        JsonNode message = JSON.readTree(Fixtures.bytes(file));
        String name = file.getFileName().toString();
        // When
        JsonNode item = item(file, message);
        // Then
        if (name.startsWith("pattern--") && !name.contains("value")) {
            assertThat(item.get("malformed")).hasSize(1);
        }
        assertThat(item.get("topic").asText()).isEqualTo("t");
    }

    /** The closed list, which the parameter {@code reason} takes. */
    @Test
    void shouldKnowTheReasonsOfTheContract() throws IOException {
        JsonNode schema =
                JSON.readTree(Fixtures.bytes(Fixtures.contract("dead-letter").resolve("schema.json")));
        List<String> reasons = new ArrayList<>();
        schema.at("/properties/headers/properties/reason/enum").forEach(reason -> reasons.add(reason.asText()));
        assertThat(RejectKind.REASONS).containsExactlyInAnyOrderElementsOf(reasons);
        assertThatThrownBy(() -> RejectsQuery.of(RejectKind.DEAD_LETTER, "reason=bad"))
                .hasMessageContaining("reason: 'bad' is not allowed")
                .message()
                .contains(RejectKind.REASONS);
    }

    @Test
    void shouldBelieveOfAnInputsHeadersTheLastKindAndNoPlace() {
        // Given
        RecordHeaders headers = new RecordHeaders();
        headers.add("kind", "reading".getBytes(StandardCharsets.UTF_8));
        headers.add("kind", "heartbeat".getBytes(StandardCharsets.UTF_8));
        headers.add("topic", "another".getBytes(StandardCharsets.UTF_8));
        headers.add("job", "<b>".getBytes(StandardCharsets.UTF_8));
        RejectItems items = new RejectItems(RejectsQuery.of(RejectKind.INPUT, "topic=t&partition=0&kind=heartbeat"));
        // When
        JsonNode item = items.of(record(headers, null, null)).orElseThrow().json();
        // Then
        assertThat(item).hasToString("""
                {"topic":"t","partition":0,"offset":7,"appended":"1970-01-01T00:00:01Z","kind":"heartbeat","key":null,"value":null,\
                "malformed":[],"links":{"books":"/api/v1/audit?topic=t&partition=0&offset=7"}}""");
        headers.add("kind", null);
        assertThat(items.of(record(headers, null, null))).isEmpty();
    }

    private static ConsumerRecord<byte[], byte[]> record(RecordHeaders headers, byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                "t", 0, 7, 1_000, TimestampType.LOG_APPEND_TIME, 0, 0, key, value, headers, Optional.empty());
    }

    private static RejectKind kind(Path file) {
        return file.toString().contains("late-record") ? RejectKind.LATE : RejectKind.DEAD_LETTER;
    }

    private static JsonNode item(Path file, JsonNode message) throws IOException {
        RecordHeaders headers = new RecordHeaders();
        message.path("headers")
                .properties()
                .forEach(header -> headers.add(
                        header.getKey(),
                        header.getValue().isNull()
                                ? null
                                : header.getValue().asText().getBytes(StandardCharsets.UTF_8)));
        byte[] key =
                message.path("key").isTextual() ? message.get("key").asText().getBytes(StandardCharsets.UTF_8) : null;
        String value = message.path("value").asText(null);
        byte[] bytes = value == null || !value.matches("[A-Za-z0-9+/=]*") || value.length() % 4 != 0
                ? null
                : message.get("value").binaryValue();
        return new RejectItems(RejectsQuery.of(kind(file), null))
                .of(record(headers, key, bytes))
                .orElseThrow()
                .json();
    }
}
