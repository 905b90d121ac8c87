// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.contract.AuditLine;
import dev.streampane.results.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AuditContractTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Stream<Path> lines() {
        return files("audit-line").filter(file -> !file.getFileName().toString().contains("correction"));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void shouldReadEveryLineAsBalanced(Path file) throws IOException {
        // Given
        JsonNode json = JSON.readTree(Fixtures.bytes(file));
        AuditLine line = AuditLine.read(json).orElseThrow();
        PartitionTotals totals = new PartitionTotals(line.key());
        // When
        totals.add(line);
        // Then
        PartitionAudit sum = totals.snapshot();
        assertThat(sum.problems()).isEmpty();
        assertThat(sum.records()).isEqualTo(json.get("records").asLong());
        assertThat(sum.specs()).hasSize(json.get("specs").size());
        assertThat(sum.topicId()).isEqualTo(json.get("topicId").asText());
    }

    private static Stream<Path> files(String contract) {
        return Stream.of("examples", "future").flatMap(folder -> Fixtures.contractFiles(contract, folder).stream());
    }
}
