// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.local.ContractFiles;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AuditDecoderContractTest {

    private static final ContractFiles FILES = ContractFiles.of("audit-line");
    private static final Instant APPENDED = Instant.parse("2026-12-01T00:00:00.005Z");

    private final IndexedDecoder decoder = new IndexedDecoder("alerts", "audit");

    static Stream<String> examples() {
        return FILES.names("examples");
    }

    /** Of what the document has. */
    static Stream<String> withoutAFieldOrOfAnotherType() {
        return FILES.names("rejected")
                .filter(
                        name -> name.matches(
                                "rejected/(required--(no-(kind|job|generation|topic|partition|first|last|records|rows|rejected|heartbeats|unguarded|specs)|correction-without-(count|partition|spec)|specification-without-(counted|late|spec))|type--records-as-text)\\.json"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldMakeADocumentThatTheTemplateTakes(String file) throws IOException {
        // Given
        JsonNode example = Json.EXACT.readTree(FILES.bytes(file));
        JsonNode mapped = Json.EXACT
                .readTree(Path.of("../deploy/elasticsearch/index-templates/audit.json")
                        .toFile())
                .at("/template/mappings/properties");
        // When
        ObjectNode document = document(file);
        // Then
        assertThat(names(mapped)).containsAll(names(document));
        assertThat(names(mapped.at("/log/properties"))).containsAll(names(document.get("log")));
        assertThat(document.get("@timestamp").textValue()).isEqualTo(APPENDED.toString());
        for (String field : List.of("job", "generation", "topic", "partition")) {
            assertThat(document.get(field)).isEqualTo(example.get(field));
        }
        for (JsonNode spec : document.path("specs")) {
            assertThat(names(mapped.at("/specs/properties"))).containsAll(names(spec));
        }
    }

    @Test
    void shouldSayWhatWasCountedLateAndRejected() throws IOException {
        // When
        ObjectNode document = document("examples/two-specifications.json");
        // Then
        assertThat(document.get("rows").asLong()).isEqualTo(15);
        assertThat(document.get("rejected").asLong()).isZero();
        assertThat(document.at("/specs/0/counted").asLong()).isEqualTo(5);
        assertThat(document.at("/specs/1/late").asLong()).isEqualTo(1);
        assertThat(document.at("/specs/0").has("windows")).isFalse();
        assertThat(document.has("settings")).isFalse();
    }

    @Test
    void shouldNameTheDocumentByItsPlaceInTheMonthOfItsAppendTime() {
        // When
        IndexRequest request = decode("examples/first-line.json").value();
        // Then
        assertThat(request.documents()).singleElement().satisfies(document -> {
            assertThat(document.index()).isEqualTo("audit-2026.12");
            assertThat(document.id()).isEqualTo("epoch~0~41");
            assertThat(document.version()).isEqualTo(1);
        });
    }

    @Test
    void shouldTakeALineOfManyWindows() throws IOException {
        // Given
        ObjectNode line = (ObjectNode) Json.EXACT.readTree(FILES.bytes("examples/first-line.json"));
        var windows = (ArrayNode) line.at("/specs/0/windows");
        for (int i = 0; i < 40_000; i++) {
            windows.add(windows.get(0));
        }
        // When
        Decoded<IndexRequest> decoded =
                decoder.decode(fetched(Json.EXACT.writeValueAsBytes(line), APPENDED.toEpochMilli()));
        // Then
        assertThat(decoded.message()).isNull();
        assertThat(decoded.value().documents().get(0).source()).hasSizeLessThan(2_000);
    }

    @ParameterizedTest
    @MethodSource("withoutAFieldOrOfAnotherType")
    void shouldRefuseWhatHasNotTheShapeOfALine(String file) {
        assertThat(decode(file).reason()).isIn(RejectReason.MISSING, RejectReason.NULL, RejectReason.TYPE);
    }

    @Test
    void shouldRefuseALineWithoutAppendTime() {
        // When
        Decoded<IndexRequest> decoded =
                decoder.decode(fetched(FILES.bytes("examples/first-line.json"), Fetched.NO_APPEND_TIME));
        // Then
        assertThat(decoded.reason()).isEqualTo(RejectReason.MISSING);
    }

    @Test
    void shouldTellLinesFromResultsByTheirTopic() {
        // Given
        byte[] line = FILES.bytes("examples/first-line.json");
        // When Then
        assertThat(decoder.decode(fetched(line, APPENDED.toEpochMilli())).rejected())
                .isFalse();
        assertThat(new IndexedDecoder("alerts", null)
                        .decode(fetched(line, APPENDED.toEpochMilli()))
                        .rejected())
                .isTrue();
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    private ObjectNode document(String file) throws IOException {
        Decoded<IndexRequest> decoded = decode(file);
        assertThat(decoded.message()).isNull();
        return (ObjectNode)
                Json.EXACT.readTree(decoded.value().documents().get(0).source());
    }

    private Decoded<IndexRequest> decode(String file) {
        return decoder.decode(fetched(FILES.bytes(file), APPENDED.toEpochMilli()));
    }

    private static Fetched fetched(byte[] value, long appended) {
        return new Fetched("audit", "epoch", 0, 41, appended, null, value, null);
    }
}
