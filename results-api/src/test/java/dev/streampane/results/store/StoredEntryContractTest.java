// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.Fixtures;
import dev.streampane.results.tail.Entries;
import dev.streampane.results.tail.TailEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StoredEntryContractTest {

    static List<Path> results() {
        return Fixtures.contractFiles("window-result", "examples");
    }

    static List<Path> alerts() {
        return Fixtures.contractFiles("alert", "examples");
    }

    @ParameterizedTest
    @MethodSource("results")
    void shouldSayOfEveryExampleWhatTheLogSays(Path file) {
        // Given: the document as it is indexed
        ObjectNode source = indexed(Fixtures.text(file), 1, 7);
        source.put("avg_temp", 20.5).put("window_start", "2026-11-20T06:00:00Z");
        source.withObject("log").put("appended", Fixtures.SIX.toEpochMilli());
        // Then
        assertSame(StoredEntry.window(source), Entries.result(1, 7, Fixtures.SIX, Fixtures.text(file)));
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldSayOfEveryExampleOfAnAlertWhatTheLogSays(Path file) {
        // Given
        ObjectNode source = indexed(Fixtures.text(file), 0, 3);
        source.withObject("log").put("appended", 0);
        TailEntry stored = StoredEntry.alert(source);
        // Then
        assertSame(stored, Entries.alert(3, file));
        assertThat(ResultJson.text(stored)).isEqualTo(Fixtures.text(file));
        assertThat(ResultJson.of(stored)).isEqualTo(ResultJson.read(Fixtures.text(file)));
    }

    @Test
    void shouldTakeWhatLacksAnEndAndATimeOfAppending() {
        // Given
        ObjectNode source = indexed(Fixtures.result("job", "k", Fixtures.SIX), 1, 7);
        source.withObject("window").remove("end");
        // When
        TailEntry stored = StoredEntry.window(source);
        // Then
        assertThat(stored.end()).isEqualTo(Fixtures.SIX);
        assertThat(stored.appended()).isEqualTo(TailEntry.UNKNOWN);
    }

    private static ObjectNode indexed(String written, int partition, long offset) {
        ObjectNode source = (ObjectNode) ResultJson.read(written);
        source.put("@timestamp", "2026-11-20T06:01:00Z");
        source.putObject("log")
                .put("epoch", "3wQ9gkVQTeS5FEOdKvs_-A")
                .put("partition", partition)
                .put("offset", offset);
        return source;
    }

    private static void assertSame(TailEntry stored, TailEntry logged) {
        assertThat(stored)
                .usingRecursiveComparison()
                .ignoringFields("topic")
                .withStrictTypeChecking()
                .isEqualTo(logged);
        assertThat(new String(stored.json(), StandardCharsets.UTF_8))
                .isEqualTo(new String(logged.json(), StandardCharsets.UTF_8));
    }
}
