// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.streampane.results.tail.TailEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The AsyncAPI document names what a stream can send, no less and no more. */
class StreamDocumentTest {

    /** Where this package names an event that it sends. */
    private static final Pattern SENT = Pattern.compile("\\b(?:event|frame)\\(\\s*\"([a-z-]+)\"");

    private JsonNode document;

    @BeforeEach
    void read() throws IOException {
        document = YAMLMapper.builder()
                .build()
                .readTree(Path.of("src/main/resources/META-INF/asyncapi.yaml").toFile());
    }

    @Test
    void shouldDescribeEachEventThatIsSentAndNoOther() throws IOException {
        // Given
        Set<String> sent = new TreeSet<>();
        for (TailEntry.Kind kind : TailEntry.Kind.values()) {
            sent.add(new String(kind.event(), StandardCharsets.US_ASCII));
        }
        try (Stream<Path> sources = Files.list(Path.of("src/main/java/dev/streampane/results/live"))) {
            for (Path source : sources.toList()) {
                SENT.matcher(Files.readString(source))
                        .results()
                        .map((MatchResult found) -> found.group(1))
                        .forEach(sent::add);
            }
        }
        // When
        Set<String> described = new TreeSet<>();
        for (JsonNode message : document.at("/channels/stream/messages")) {
            JsonNode found = document.at(message.get("$ref").asText().substring(1));
            assertThat(found.at("/headers/properties/event/const").asText())
                    .isEqualTo(found.get("name").asText());
            described.add(found.get("name").asText());
        }
        // Then
        assertThat(sent).contains("reset", "conflated", "error");
        assertThat(described).isEqualTo(sent);
    }

    static Stream<Arguments> reasons() {
        return Stream.of(
                arguments("reset", Arrays.stream(ResetReason.values()).map(ResetReason::code)),
                arguments(
                        "snapshotEnd", Arrays.stream(Snapshots.Partial.values()).map(Snapshots.Partial::code)));
    }

    /** Of a reset, and of a snapshot that is partial. */
    @ParameterizedTest
    @MethodSource("reasons")
    void shouldDescribeEachReasonAndNoOther(String event, Stream<String> reasons) {
        // Given
        JsonNode reason = document.at("/components/schemas/" + event + "/properties/reason");
        List<String> codes = reasons.toList();
        // Then
        assertThat(reason.get("enum")).extracting(JsonNode::asText).containsExactlyElementsOf(codes);
        codes.forEach(code -> assertThat(reason.get("description").asText()).contains(code + ": "));
    }

    @Test
    void shouldDescribeWhatCanBeSent() {
        assertThat(document.at("/components/schemas/streamParameters/properties/emit/enum"))
                .extracting(JsonNode::asText)
                .containsExactly("final", "early", "all"); // StreamRequestTest says that they are taken
    }
}
