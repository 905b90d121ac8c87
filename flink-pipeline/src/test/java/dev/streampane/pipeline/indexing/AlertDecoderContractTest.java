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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The decoder of alerts against the files of contract {@code alert/v1}. */
class AlertDecoderContractTest {

    private static final ContractFiles FILES = ContractFiles.of("alert");

    private final IndexedDecoder decoder = new IndexedDecoder("alerts", null);

    static Stream<String> examples() {
        return FILES.names("examples");
    }

    static Stream<String> future() {
        return FILES.names("future");
    }

    static Stream<String> withoutAFieldOrOfAnotherType() {
        return FILES.names("rejected").filter(name -> name.matches("rejected/(required|type)--.*"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldKeepEveryFieldOfAnExample(String file) throws IOException {
        // Given
        JsonNode example = Json.EXACT.readTree(FILES.bytes(file));

        // When
        ObjectNode document = document(file);

        // Then
        assertThat(document.get("@timestamp")).isEqualTo(example.get("end"));
        assertThat(document.get("log"))
                .hasToString("{\"epoch\":\"epoch\",\"partition\":2,\"offset\":41,\"appended\":1000}");
        document.remove(List.of("@timestamp", "log"));
        assertThat(document).isEqualTo(example);
    }

    @Test
    void shouldReadAnAlertOfAsManyPaymentsAsThereCanBe() throws IOException {
        // Given
        ObjectNode alert = (ObjectNode)
                Json.EXACT.readTree(FILES.bytes(examples().findFirst().orElseThrow()));
        ObjectNode payment = (ObjectNode) alert.at("/transactions/0");
        payment.put("merchant", "\u0001".repeat(256));
        ArrayNode payments = alert.putArray("transactions");
        for (int n = 0; n < 100; n++) {
            payments.add(payment);
        }
        byte[] value = alert.toString().getBytes(StandardCharsets.UTF_8);

        // When
        Decoded<IndexRequest> decoded = decoder.decode(new Fetched("alerts", "epoch", 2, 41, 1_000, null, value, null));

        // Then
        assertThat(value).hasSizeGreaterThan(150_000);
        assertThat(decoded.reason()).isNull();
    }

    @ParameterizedTest
    @MethodSource("future")
    void shouldLeaveOutWhatALaterVersionAdds(String file) throws IOException {
        // Given
        ObjectNode today = document("examples/small-then-large.json");

        // When
        ObjectNode later = document(file);

        // Then
        assertThat(names(later)).isEqualTo(names(today));
        assertThat(names(later.at("/transactions/0"))).isEqualTo(names(today.at("/transactions/0")));
    }

    @ParameterizedTest
    @MethodSource("withoutAFieldOrOfAnotherType")
    void shouldRefuseWhatHasNotTheShapeOfAnAlert(String file) {
        assertThat(decode(FILES.bytes(file)).reason())
                .isIn(RejectReason.MISSING, RejectReason.NULL, RejectReason.TYPE, RejectReason.NOT_OBJECT);
    }

    @Test
    void shouldRefuseGenerationsThatMakeNoVersion() {
        assertThat(decode(FILES.bytes("rejected/minimum--generation-0.json")).reason())
                .isEqualTo(RejectReason.RANGE);
        assertThat(decode(FILES.bytes("rejected/maximum--generation-2-to-the-28.json"))
                        .reason())
                .isEqualTo(RejectReason.RANGE);
    }

    @Test
    void shouldRefuseAnAlertWithoutAnId() throws IOException {
        ObjectNode alert = (ObjectNode) Json.EXACT.readTree(FILES.bytes("examples/small-then-large.json"));

        assertThat(decode(alert.put("id", "").toString().getBytes(StandardCharsets.UTF_8))
                        .reason())
                .isEqualTo(RejectReason.EMPTY);
    }

    @Test
    void shouldMakeOneDocumentInTheMonthOfItsStart() throws IOException {
        // Given
        JsonNode example = Json.EXACT.readTree(FILES.bytes("examples/second-generation.json"));

        // When
        IndexRequest request =
                decode(FILES.bytes("examples/second-generation.json")).value();

        // Then
        assertThat(request.documents()).singleElement().satisfies(document -> {
            assertThat(document.index()).isEqualTo("alerts-2026.11");
            assertThat(document.id()).isEqualTo(example.get("id").textValue());
            assertThat(document.version()).isEqualTo((2L << 32) + 1);
        });
    }

    @Test
    void shouldTellAlertsFromResultsByTheirTopic() {
        byte[] alert = FILES.bytes("examples/small-then-large.json");
        byte[] result = WindowResults.bytes(WindowResults.example("weather-average"));

        assertThat(decoder.decode(fetched("alerts", alert)).rejected()).isFalse();
        assertThat(decoder.decode(fetched("alerts", result)).rejected()).isTrue();
        assertThat(decoder.decode(fetched("window-results", result)).rejected()).isFalse();
        assertThat(decoder.decode(fetched("window-results", alert)).rejected()).isTrue();
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    private ObjectNode document(String file) throws IOException {
        Decoded<IndexRequest> decoded = decode(FILES.bytes(file));
        assertThat(decoded.message()).isNull();
        return (ObjectNode)
                Json.EXACT.readTree(decoded.value().documents().get(0).source());
    }

    private Decoded<IndexRequest> decode(byte[] value) {
        return decoder.decode(fetched("alerts", value));
    }

    private static Fetched fetched(String topic, byte[] value) {
        return new Fetched(topic, "epoch", 2, 41, 1_000, null, value, null);
    }
}
