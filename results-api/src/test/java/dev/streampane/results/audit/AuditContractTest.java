// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.results.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AuditContractTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Stream<Path> lines() {
        return files("audit-line").filter(file -> !file.getFileName().toString().contains("correction"));
    }

    static Stream<Path> runs() {
        return files("job-run");
    }

    static Stream<Path> rejected() {
        return Stream.of("audit-line", "job-run")
                .flatMap(contract -> Fixtures.contractFiles(contract, "rejected").stream());
    }

    @ParameterizedTest
    @MethodSource("lines")
    void shouldReadEveryLineAsBalanced(Path file) throws IOException {
        // Given
        JsonNode json = JSON.readTree(Fixtures.bytes(file));
        AuditLine line = AuditLine.of(json).orElseThrow();
        OpenBooks books = new OpenBooks(line.key());
        // When
        books.add(line);
        // Then
        PartitionBooks sum = books.snapshot();
        assertThat(sum.problems()).isEmpty();
        assertThat(sum.records()).isEqualTo(json.get("records").asLong());
        assertThat(sum.specs()).hasSize(json.get("specs").size());
        assertThat(sum.topicId()).isEqualTo(json.get("topicId").asText());
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldReadEveryRun(Path file) throws IOException {
        // Given
        JsonNode json = JSON.readTree(Fixtures.bytes(file));
        // When
        JobRun run = JobRun.of(json).orElseThrow();
        // Then
        assertThat(run.job()).isEqualTo(json.get("job").asText());
        assertThat(run.generation()).isEqualTo(json.get("generation").asInt());
        assertThat(run.specs()).hasSize(json.get("specs").size());
        assertThat(run.inputTopic()).isEqualTo(json.at("/settings/input-topic").asText(null));
        assertThat(run.started()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void shouldNotFallOverWhatTheContractRefuses(Path file) {
        assertThatCode(() -> {
                    JsonNode json = JSON.readTree(Fixtures.bytes(file));
                    AuditLine.of(json);
                    JobRun.of(json);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void shouldNotTakeACorrectionForALine() throws IOException {
        Path file = Fixtures.contract("audit-line").resolve("examples/correction.json");
        assertThat(AuditLine.of(JSON.readTree(Fixtures.bytes(file)))).isEmpty();
    }

    private static Stream<Path> files(String contract) {
        return Stream.of("examples", "future").flatMap(folder -> Fixtures.contractFiles(contract, folder).stream());
    }
}
