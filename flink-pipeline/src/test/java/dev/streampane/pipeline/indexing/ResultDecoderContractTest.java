// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import dev.streampane.pipeline.elasticsearch.IndexRequest;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The decoder against the files of contract {@code window-result/v1}. */
class ResultDecoderContractTest {

    private static final List<String> ADDED =
            List.of("@timestamp", "log", "client", "row_date", "row_time", "avg_temp", "avg_hum");
    private static final List<String> ADDED_TO_TOTALS = List.of("window_start", "window_end", "total_amount");

    private final IndexedDecoder decoder = new IndexedDecoder("alerts", null);

    @ParameterizedTest
    @MethodSource("examples")
    void shouldKeepEveryFieldOfAnExample(String file) throws IOException {
        // Given
        ObjectNode example = WindowResults.read(file);
        // When
        ObjectNode document = document(WindowResults.FILES.bytes(file));
        // Then
        document.remove(ADDED);
        document.remove(ADDED_TO_TOTALS);
        assertThat(document).isEqualTo(example);
    }

    @ParameterizedTest
    @MethodSource("future")
    void shouldReadAMessageOfALaterVersionAsIfTheNewWereNotThere(String file) throws IOException {
        // Given
        ObjectNode today = document(WindowResults.bytes(WindowResults.example("weather-average")));
        ObjectNode later = WindowResults.read(file);
        // When
        ObjectNode document = document(WindowResults.FILES.bytes(file));
        // Then
        if (later.get("job").textValue().equals("weather-average")) {
            today.set("cause", later.get("cause"));
            assertThat(document).isEqualTo(today);
        } else {
            assertThat(document.get("values")).isEqualTo(later.get("values"));
        }
    }

    @ParameterizedTest
    @MethodSource("withoutAFieldOrOfAnotherType")
    void shouldRefuseWhatHasNotTheShapeOfAResult(String file) throws IOException {
        assertThat(decode(WindowResults.FILES.bytes(file)).reason())
                .isIn(RejectReason.MISSING, RejectReason.NULL, RejectReason.TYPE, RejectReason.NOT_OBJECT);
    }

    @Test
    void shouldRefuseNumbersThatMakeNoVersion() throws IOException {
        assertThat(WindowResults.FILES.names("rejected"))
                .filteredOn(file -> file.matches("rejected/m(in|ax)imum--(generation|rev)-.*"))
                .allSatisfy(file -> assertThat(
                                decode(WindowResults.FILES.bytes(file)).reason())
                        .isEqualTo(RejectReason.RANGE));
    }

    static Stream<String> examples() {
        return WindowResults.FILES.names("examples");
    }

    static Stream<String> future() {
        return WindowResults.FILES.names("future");
    }

    /** Without what the contract asks of some kinds of windows alone. */
    static Stream<String> withoutAFieldOrOfAnotherType() {
        return WindowResults.FILES
                .names("rejected")
                .filter(file -> file.matches("rejected/(required|type)--.*"))
                .filter(file -> !file.endsWith("required--merged-without-mergedInto.json"))
                .filter(file -> !file.endsWith("required--global-without-number.json"));
    }

    private ObjectNode document(byte[] value) throws IOException {
        Decoded<IndexRequest> decoded = decode(value);
        assertThat(decoded.message()).isNull();
        return (ObjectNode)
                Json.EXACT.readTree(decoded.value().documents().get(0).source());
    }

    private Decoded<IndexRequest> decode(byte[] value) {
        return decoder.decode(new Fetched("window-results", "epoch", 2, 41, 1_000, null, value, null));
    }
}
