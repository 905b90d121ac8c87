// SPDX-License-Identifier: Apache-2.0
package dev.streampane.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

    static Stream<Path> results() throws IOException {
        return Stream.concat(list("window-result", "examples"), list("window-result", "future"));
    }

    static Stream<Path> resultsThatLackWhatReadersNeed() throws IOException {
        String needed = "(required--no-(job|spec|key|generation|status|window|window-start|window-end)"
                + "|required--input-without-topic|dependentRequired--input-without-last|minimum--first-minus-1"
                + "|type--(an-array|key-.*|start-.*)|pattern--start-without-zone)[.]json";
        return list("window-result", "rejected")
                .filter(file -> file.getFileName().toString().matches(needed));
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

    @ParameterizedTest
    @MethodSource("results")
    void shouldReadEveryResult(Path file) throws IOException {
        JsonNode json = json(file);
        assertThat(PublishedResult.read(json).orElseThrow().version())
                .isEqualTo(new Version(
                        json.get("complete").booleanValue(),
                        json.get("generation").longValue(),
                        json.get("rev").longValue()));
    }

    @ParameterizedTest
    @MethodSource("resultsThatLackWhatReadersNeed")
    void shouldNotReadAResultThatLacksWhatReadersNeed(Path file) throws IOException {
        assertThat(PublishedResult.read(json(file))).isEmpty();
    }

    @Test
    void shouldTellTheOptionsOfAnyStart() throws IOException {
        // Given
        JobRun run = run("started-again-with-other-options.json");

        // Then
        assertThat(run.setting("zone", "")).isEqualTo("UTC");
        assertThat(run.latestSetting("zone", "")).isEqualTo("Europe/Berlin");
        assertThat(run.everySetting("zone", "")).containsExactly("UTC", "Europe/Berlin");
        assertThat(run.everySetting("skew", "5m")).containsExactly("5m", "5m");
        assertThat(run.settingsAt(Instant.EPOCH)).containsEntry("zone", "UTC");
        assertThat(run.settingsAt(Instant.parse("2026-11-20T06:10:00.499Z"))).containsEntry("zone", "UTC");
        assertThat(run.settingsAt(Instant.parse("2026-11-20T06:10:00.500Z"))).containsEntry("zone", "Europe/Berlin");
        assertThat(run.latestVersion()).isEqualTo("1.0.1");
    }

    @Test
    void shouldKeepTheStartsThatChangeSomething() throws IOException {
        // Given
        JobRun run = run("started-again.json");
        JobRun other = run("empty-setting.json");

        // When
        JobRun again = run.startedAgain(run, Optional.of(1L))
                .startedAgain(other, Optional.of(2L))
                .startedAgain(other, Optional.of(3L))
                .startedAgain(run, Optional.of(4L));

        // Then
        assertThat(again.settings()).isEqualTo(run.settings());
        assertThat(again.latest().orElseThrow().checkpoint()).contains(4L);
        assertThat(again.changes())
                .extracting(JobRun.Change::settings)
                .containsExactly(other.settings(), run.settings());
    }

    /** More would be too big a message one day, and no start would be possible. */
    @Test
    void shouldKeepTheNewestOfManyChanges() throws IOException {
        JobRun run = run("started-again.json");
        JobRun other = run("empty-setting.json");
        JobRun again = run;
        for (int start = 0; start < 200; start++) {
            again = again.startedAgain(start % 2 == 0 ? other : run, Optional.of(1L));
        }
        assertThat(again.changes()).hasSize(100);
        assertThat(again.settingsAt(Instant.MAX)).isEqualTo(run.settings());
    }

    private static JobRun run(String example) throws IOException {
        return JobRun.read(json(Path.of("job-run", "v1", "examples", example))).orElseThrow();
    }

    @Test
    void shouldOrderVersionsByCompleteThenGenerationThenRev() {
        // Given
        List<Version> ascending = List.of(
                new Version(false, 0, 0),
                new Version(false, 1, Version.MAX_REV),
                new Version(false, 7, 1),
                new Version(false, Version.MAX_GENERATION, Version.MAX_REV),
                new Version(true, 1, 2),
                new Version(true, Version.MAX_GENERATION, Version.MAX_REV));

        // Then
        assertThat(ascending)
                .extracting(Version::number)
                .isSorted()
                .contains(30_064_771_073L, 1_152_921_508_901_814_274L);
        assertThat(ascending)
                .allSatisfy(version -> assertThat(Version.of(version.number())).isEqualTo(version));
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
