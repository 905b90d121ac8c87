// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.ContractFiles;
import dev.streampane.results.Fixtures;
import dev.streampane.results.tail.Entries;
import dev.streampane.results.tail.TailEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResultJsonContractTest {

    static List<Path> examples() {
        return Fixtures.contractFiles("window-result", "examples");
    }

    static List<Path> future() {
        return Fixtures.contractFiles("window-result", "future");
    }

    @Test
    void shouldKnowTheFieldsOfTheSchemaInItsOrder() throws IOException {
        JsonNode schema = ResultJson.JSON.readTree(
                Fixtures.bytes(Fixtures.contract("window-result").resolve("schema.json")));
        List<String> fields = new ArrayList<>();
        schema.get("properties").fieldNames().forEachRemaining(fields::add);
        assertThat(ResultJson.FIELDS).isEqualTo(fields);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldAnswerEveryExampleByteForByte(Path file) throws IOException {
        // Given: the document as it is indexed
        ObjectNode source = (ObjectNode) ResultJson.JSON.readTree(Fixtures.bytes(file));
        source.put("@timestamp", "2026-11-20T06:01:00Z").put("client", "device1");
        source.putObject("log").put("offset", 7);
        // When
        String answer = ResultJson.of(source).toString();
        // Then
        assertThat(answer).isEqualTo(Fixtures.text(file));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldAnswerTheSameHoweverAResultIsWritten(Path file) throws IOException {
        // Given
        String written = Fixtures.text(file);
        ObjectNode result = (ObjectNode) ResultJson.read(written);
        ObjectNode reversed = ResultJson.JSON.createObjectNode();
        ResultJson.FIELDS.stream().sorted(Comparator.reverseOrder()).forEach(field -> {
            if (result.has(field)) {
                reversed.set(field, result.get(field));
            }
        });
        List<String> others = List.of(
                result.toPrettyString(),
                reversed.toString(),
                written.replaceFirst("\\{", "{\"a field of tomorrow\":{\"id\":1},"),
                written.replaceAll("\\}$", ",\"tomorrow\":[1]}"),
                written.replaceAll("\\}$", "}\n"),
                written.replaceFirst("\"rev\":", "\"rev\" :"),
                written.replaceFirst("\"rev\":([0-9]+)", "\"rev\":$1e0"),
                written.replaceFirst("\"rev\":([0-9]+)", "\"rev\":0.$1E+2"),
                written.replaceFirst("\"rev\":([0-9]+)", "\"rev\":-0"),
                written.replaceFirst("\"rev\":([0-9]+)", "\"rev\":-0.00"),
                written.replaceFirst("\"rev\":([0-9]+)", "\"rev\":-0.05"),
                written.replaceFirst("\"rev\":([0-9]+)", "\"rev\":0.0000000"),
                written.replaceFirst("\"rev\":([0-9]+)", "\"rev\":0.0000001"),
                written.replaceFirst("\"job\":\"", "\"job\":\"\\\\u0041\\\\/"),
                written.replaceFirst("\"rev\"", "\"\\\\u0072ev\""));
        // Then
        assertThat(ResultJson.text(entry(written))).isEqualTo(written);
        assertThat(others).doesNotContain(written).allSatisfy(other -> assertThat(ResultJson.text(entry(other)))
                .isEqualTo(ResultJson.of(ResultJson.read(other)).toString()));
    }

    private static TailEntry entry(String written) {
        return Entries.result(0, 0, Fixtures.SIX, written);
    }

    @ParameterizedTest
    @MethodSource("future")
    void shouldAnswerFutureFilesAsValidResults(Path file) throws IOException {
        String answer =
                ResultJson.of(ResultJson.JSON.readTree(Fixtures.bytes(file))).toString();
        assertThat(ContractFiles.of("window-result").violations(answer.getBytes(UTF_8)))
                .isEmpty();
    }
}
