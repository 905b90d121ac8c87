// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Json;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private final ResultDecoder decoder = new ResultDecoder();

    @ParameterizedTest
    @MethodSource("examples")
    void shouldKeepEveryFieldOfAnExample(Path file) throws IOException {
        // Given
        ObjectNode example = WindowResults.read(file);
        // When
        ObjectNode document = document(Files.readAllBytes(file));
        // Then
        document.remove(ADDED);
        document.remove(ADDED_TO_TOTALS);
        assertThat(document).isEqualTo(example);
    }

    @ParameterizedTest
    @MethodSource("future")
    void shouldReadAMessageOfALaterVersionAsIfTheNewWereNotThere(Path file) throws IOException {
        // Given
        ObjectNode today = document(WindowResults.bytes(WindowResults.example("weather-average")));
        ObjectNode later = WindowResults.read(file);
        // When
        ObjectNode document = document(Files.readAllBytes(file));
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
    void shouldRefuseWhatHasNotTheShapeOfAResult(Path file) throws IOException {
        assertThat(decode(Files.readAllBytes(file)).reason())
                .isIn(RejectReason.MISSING, RejectReason.NULL, RejectReason.TYPE, RejectReason.NOT_OBJECT);
    }

    @Test
    void shouldRefuseNumbersThatMakeNoVersion() throws IOException {
        for (Path file : WindowResults.files("rejected")) {
            String name = file.getFileName().toString();
            if (name.matches("m(in|ax)imum--(generation|rev)-.*")) {
                assertThat(decode(Files.readAllBytes(file)).reason()).as(name).isEqualTo(RejectReason.RANGE);
            }
        }
    }

    static List<Path> examples() {
        return WindowResults.files("examples");
    }

    static List<Path> future() {
        return WindowResults.files("future");
    }

    /** Without what the contract asks of some kinds of windows alone. */
    static Stream<Path> withoutAFieldOrOfAnotherType() {
        return WindowResults.files("rejected").stream()
                .filter(file -> file.getFileName().toString().matches("(required|type)--.*"))
                .filter(file -> !file.endsWith("required--merged-without-mergedInto.json"))
                .filter(file -> !file.endsWith("required--global-without-number.json"));
    }

    private ObjectNode document(byte[] value) throws IOException {
        Decoded<Indexed> decoded = decode(value);
        assertThat(decoded.message()).isNull();
        return (ObjectNode) Json.EXACT.readTree(decoded.value().source());
    }

    private Decoded<Indexed> decode(byte[] value) {
        return decoder.decode(new Fetched("window-results", "epoch", 2, 41, 1_000, null, value, null));
    }
}
