// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.log.Json;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.state.JobGeneration;
import dev.streampane.local.state.JobRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds what reads the jobs' topics here to the files of {@code deploy/schemas}, those of the future included. */
class ContractReadersTest {

    static Stream<Path> auditLines() {
        return files("audit-line")
                .filter(file -> json(file).path("kind").asText().equals("line"));
    }

    static Stream<Path> jobRuns() {
        return files("job-run");
    }

    static Stream<Path> results() {
        return files("window-result")
                .filter(file ->
                        AuditLine.Spec.isTumbling(json(file).path("spec").asText()))
                .filter(file -> json(file).path("count").asLong() > 0);
    }

    /** Results without a line say which window, keys and count they were read as. */
    @ParameterizedTest
    @MethodSource("results")
    void shouldReadEveryResultOfATumblingWindow(Path file) {
        JsonNode json = json(file);
        WindowCheck check = new WindowCheck();
        Findings found = new Findings();

        boolean wrongRevision = check.revise(json, "window-results", false).isPresent();
        check.compare(
                new WindowCheck.Closing(
                        new JobGeneration(
                                json.get("job").textValue(),
                                json.get("generation").intValue()),
                        spec -> Instant.MAX,
                        Instant.MIN,
                        true,
                        "window-results",
                        false),
                found);

        assertThat(wrongRevision).isEqualTo(json.get("rev").intValue() != 1);
        if (json.get("status").textValue().equals("RETRACTED")) {
            assertThat(found.errors).isEmpty();
            return;
        }
        assertThat(found.errors)
                .singleElement()
                .asString()
                .contains("%s ending %s: 0 counted by the lines, %d by the last revisions of 1 keys"
                        .formatted(
                                json.get("spec").textValue(),
                                json.get("window").get("end").textValue(),
                                json.get("count").longValue()));
    }

    @ParameterizedTest
    @MethodSource("auditLines")
    void shouldReadEveryAuditLine(Path file) {
        JsonNode json = json(file);

        AuditLine line = AuditLine.parse(json, 7);

        assertThat(line.key())
                .isEqualTo(new AuditLine.Key(
                        json.get("job").textValue(),
                        json.get("generation").intValue(),
                        json.get("topic").textValue(),
                        json.get("topicId").textValue(),
                        json.get("partition").intValue()));
        assertThat(line.first()).isEqualTo(json.get("first").longValue());
        assertThat(line.last()).isEqualTo(json.get("last").longValue());
        assertThat(line.rows()).isEqualTo(json.get("rows").longValue());
        assertThat(line.rejected()).isEqualTo(json.get("rejected").longValue());
        assertThat(line.heartbeats()).isEqualTo(json.get("heartbeats").longValue());
        assertThat(line.records()
                        + line.holes().stream().mapToLong(AuditLine.Range::size).sum())
                .isEqualTo(line.last() - line.first() + 1);
        assertThat(line.clockBefore().isEmpty())
                .isEqualTo(json.get("clockBefore").isNull());
        assertThat(line.clockAfter().isEmpty()).isEqualTo(json.get("clockAfter").isNull());
        assertThat(line.writtenAt()).isEqualTo(7);
        JsonNode settings = json.get("settings");
        assertThat(line.settings().specs()).hasSameSizeAs(settings.get("specs"));
        assertThat(line.settings().outOfOrderness())
                .hasToString(settings.get("outOfOrderness").textValue());
        assertThat(line.settings().allowedLateness())
                .hasToString(settings.get("allowedLateness").textValue());
        assertThat(line.settings().skew()).hasToString(settings.get("skew").textValue());
        assertThat(line.specs()).hasSameSizeAs(json.get("specs"));
        for (int i = 0; i < line.specs().size(); i++) {
            assertSpec(line.specs().get(i), json.get("specs").get(i));
        }
    }

    private static void assertSpec(AuditLine.Spec spec, JsonNode json) {
        assertThat(spec.spec()).isEqualTo(json.get("spec").textValue());
        assertThat(spec.counted()).isEqualTo(json.get("counted").longValue());
        assertThat(spec.late()).isEqualTo(json.get("late").longValue());
        assertThat(spec.horizonBefore().isEmpty())
                .isEqualTo(json.get("horizonBefore").isNull());
        assertThat(spec.horizonAfter().isEmpty())
                .isEqualTo(json.get("horizonAfter").isNull());
        assertThat(spec.windows()).hasSameSizeAs(json.get("windows"));
        if (spec.tumbling()) {
            assertThat(spec.windows().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(spec.counted());
        }
    }

    @ParameterizedTest
    @MethodSource("jobRuns")
    void shouldReadEveryJobRun(Path file) {
        JsonNode json = json(file);
        List<String> specs = new ArrayList<>();
        json.get("specs").forEach(spec -> specs.add(spec.textValue()));
        Map<String, String> settings = new HashMap<>();
        json.get("settings")
                .properties()
                .forEach(s -> settings.put(s.getKey(), s.getValue().textValue()));

        assertThat(JobRun.parse(json))
                .isEqualTo(new JobRun(
                        json.get("job").textValue(),
                        json.get("generation").intValue(),
                        json.get("jobId").textValue(),
                        specs,
                        settings,
                        json.get("started").textValue(),
                        json.get("jobVersion").textValue()));
    }

    private static Stream<Path> files(String contract) {
        Path folder =
                Checkout.root().resolve("deploy/schemas").resolve(contract).resolve("v1");
        List<Path> all = new ArrayList<>();
        for (String part : List.of("examples", "future")) {
            try (Stream<Path> files = Files.list(folder.resolve(part))) {
                files.sorted().forEach(all::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all.stream();
    }

    private static JsonNode json(Path file) {
        try {
            return Json.read(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
