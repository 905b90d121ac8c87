// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The records read and write what the files beside the schemas say. */
class ContractReadingTest {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static Stream<Path> examples() throws IOException {
        return files("examples");
    }

    static Stream<Path> future() throws IOException {
        return files("future");
    }

    static Stream<Path> rejected() throws IOException {
        return files("rejected");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldWriteAgainWhatWasRead(Path file) throws IOException {
        // Given
        JsonNode json = json(file);

        // When
        byte[] written = written(json).orElseThrow();

        // Then
        assertThat(MAPPER.readTree(written)).isEqualTo(json);
        assertThat(written).asString().isEqualTo(json.toString());
    }

    @ParameterizedTest
    @MethodSource("future")
    void shouldPassOverFieldsThatItDoesNotKnow(Path file) throws IOException {
        assertThat(written(json(file))).isPresent();
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldNotFallOverWhatTheSchemaRefuses(Path file) {
        assertThatCode(() -> written(json(file))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldNotReadWhatLacksAFieldThatItCannotDoWithout(Path file) throws IOException {
        String name = file.getFileName().toString();
        boolean matters =
                name.matches("(required|type|items)--.*") && !name.matches(".*-(jobId|jobVersion|settings|specs).json");
        assertThat(written(json(file)).isPresent() && matters)
                .as("read %s", file)
                .isFalse();
    }

    private static Optional<byte[]> written(JsonNode json) {
        return AuditLine.read(json)
                .map(AuditLine::json)
                .or(() -> AuditCorrection.read(json).map(AuditCorrection::json))
                .or(() -> JobRun.read(json).map(JobRun::json));
    }

    private static Stream<Path> files(String folder) throws IOException {
        return Stream.concat(list("audit-line", folder), list("job-run", folder));
    }

    private static Stream<Path> list(String contract, String folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(contract, "v1", folder))) {
            return files.sorted().toList().stream();
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return MAPPER.readTree(Files.readAllBytes(file));
    }
}
