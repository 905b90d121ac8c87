// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.Json;
import dev.streampane.contract.PublishedResult;
import dev.streampane.local.ContractFiles;
import dev.streampane.local.state.JobGeneration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds what reads the jobs' topics here to the files of {@code deploy/schemas}, those of the future included. */
class ContractReadersTest {

    private static final ContractFiles RESULTS = ContractFiles.of("window-result");
    private static final ContractFiles LINES = ContractFiles.of("audit-line");

    static Stream<String> results() {
        return Stream.of("examples", "future")
                .flatMap(RESULTS::names)
                .filter(file ->
                        AuditLine.SpecCounts.isPerWindow(json(file).path("spec").asText()))
                .filter(file -> json(file).path("count").asLong() > 0);
    }

    /** Results without a line say which window, keys and count they were read as. */
    @ParameterizedTest
    @MethodSource("results")
    void shouldReadEveryResultOfATumblingWindow(String file) {
        JsonNode json = json(file);
        WindowCheck check = new WindowCheck(Long.MAX_VALUE);
        Findings found = new Findings();

        check.revise(PublishedResult.read(json).orElseThrow(), "window-results", false);
        check.compare(
                new WindowCheck.Closing(
                        new JobGeneration(
                                json.get("job").textValue(),
                                json.get("generation").intValue()),
                        spec -> Instant.MAX,
                        Optional.empty(),
                        true,
                        "window-results",
                        Long.MIN_VALUE),
                found);

        assertThat(check.wrong()).hasSize(json.get("rev").intValue() == 1 ? 0 : 1);
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

    static Stream<String> lines() {
        return Stream.of("examples", "future").flatMap(LINES::names).filter(file -> !file.contains("correction"));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void shouldFindThatEveryLineBalances(String file) {
        AuditLine line = AuditLine.read(Json.read(LINES.bytes(file))).orElseThrow();
        Findings found = new Findings();

        new PartitionAudit(line.key()).add(new PartitionAudit.LoggedLine(line, 0), found);

        assertThat(found.errors).isEmpty();
    }

    private static JsonNode json(String file) {
        return Json.read(RESULTS.bytes(file));
    }
}
