// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingRetractionsTest {

    @TempDir
    private Path data;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private PendingRetractions retractions;

    @BeforeEach
    void begin() {
        retractions = new PendingRetractions(
                TestSettings.of(data, 0, List.of(), Optional.empty(), Map.of()),
                new Console(new PrintStream(printed, true), Console.Style.JSON, 80));
    }

    @Test
    void shouldWaitForTheNewestGenerationOfEachJob() {
        // Given
        retractions.expect("weather-average", 2);
        retractions.expect("transaction-total", 5);
        retractions.expect("weather-average", 3);
        // When
        Map<String, Integer> waiting = retractions.waiting();
        // Then
        assertThat(waiting).containsOnly(Map.entry("weather-average", 3), Map.entry("transaction-total", 5));
        assertThat(printed.toString()).isEmpty();
    }

    @Test
    void shouldWaitForTheOtherJobsWhenTheFileOfOneCannotBeRead() throws IOException {
        // Given
        retractions.expect("weather-average", 2);
        retractions.expect("transaction-total", 5);
        Files.writeString(data.resolve("superseding/fraud-detection"), "");
        // When
        Map<String, Integer> waiting = retractions.waiting();
        // Then
        assertThat(waiting).containsOnly(Map.entry("weather-average", 2), Map.entry("transaction-total", 5));
        assertThat(printed.toString().lines())
                .singleElement()
                .asString()
                .contains("\"event\":\"superseding\"", "\"subject\":\"fraud-detection\",\"text\":\"cannot be read");
    }

    @Test
    void shouldTakeNoFileThatWasNotWrittenToItsEnd() throws IOException {
        // Given an 'up' that was killed while it wrote
        retractions.expect("weather-average", 2);
        Files.writeString(data.resolve("superseding/weather-average.new"), "");
        // When
        Map<String, Integer> waiting = retractions.waiting();
        // Then
        assertThat(waiting).containsOnly(Map.entry("weather-average", 2));
        assertThat(printed.toString()).isEmpty();
    }

    @Test
    void shouldGoOnWaitingWhereItCannotBeNoted() throws IOException {
        // Given
        Path inTheWay = Files.createFile(data.resolve("superseding"));
        retractions.expect("weather-average", 2);
        retractions.expect("weather-average", 3);
        // When
        Map<String, Integer> waiting = retractions.waiting();
        Files.delete(inTheWay);
        Map<String, Integer> later = retractions.waiting();
        // Then
        assertThat(waiting).containsOnly(Map.entry("weather-average", 3)).isEqualTo(later);
        assertThat(printed.toString().lines())
                .first()
                .asString()
                .contains(
                        "\"event\":\"superseding\"",
                        "\"subject\":\"weather-average\",\"text\":\"generation 2 cannot be recorded");
        assertThat(data.resolve("superseding/weather-average")).hasContent("3");
    }
}
