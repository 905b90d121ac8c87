// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.server.Http;
import org.junit.jupiter.api.Test;

class WindowTableTest {

    private static final int COLUMNS = 79;

    private final WindowTable table = new WindowTable(false);

    private static JsonNode window(String key, String end, String status) {
        ObjectNode window = Http.JSON.createObjectNode();
        window.put("job", "weather-average").put("spec", "tumbling(10s)").put("key", key);
        window.putObject("window").put("end", "2026-11-20T" + end + "Z");
        window.put("status", status).put("count", 5);
        window.putObject("values").put("avg_temp", 22.63).put("avg_hum", 58.402);
        return window;
    }

    @Test
    void shouldShowTheNewestWindowOfEachSeriesFirst() {
        // Given
        table.take(window("device1", "06:00:10", "FINAL"));
        table.take(window("device2", "06:00:20", "FINAL"));
        table.take(window("device2", "06:00:20", "REVISED"));
        table.take(window("device2", "06:00:10", "REVISED"));
        // Then
        assertThat(table.lines(COLUMNS, 20))
                .containsExactly(
                        "END UTC  JOB             KEY     STATUS  COUNT VALUES",
                        "06:00:20 weather-average device2 REVISED     5 avg_temp 22.63, avg_hum 58.402",
                        "06:00:10 weather-average device1 FINAL       5 avg_temp 22.63, avg_hum 58.402");
        assertThat(table.lines(COLUMNS, 1))
                .hasSize(3)
                .last()
                .isEqualTo("and 1 more: --key names some, --rows shows more");
    }

    @Test
    void shouldKeepItsColumnsWhateverKeysAre() {
        // Given
        table.take(window("\u001b[2J\n" + "d".repeat(250) + "\u202e", "06:00:10", "FINAL"));
        // Then
        assertThat(table.lines(COLUMNS, 20)).hasSize(2).allSatisfy(line -> assertThat(line)
                .hasSizeLessThanOrEqualTo(COLUMNS)
                .doesNotContainPattern("\\p{C}"));
        assertThat(table.lines(COLUMNS, 20).get(1)).contains(" ?[2J?dddddddddddddd… FINAL ");
    }

    @Test
    void shouldColourWhatIsNoLongerAsItWasFirst() {
        // Given
        WindowTable coloured = new WindowTable(true);
        coloured.take(window("device1", "06:00:20", "FINAL"));
        coloured.take(window("device2", "06:00:10", "RETRACTED"));
        // Then
        assertThat(coloured.lines(COLUMNS, 20).get(0))
                .startsWith("\u001b[1mEND")
                .endsWith("\u001b[0m");
        assertThat(coloured.lines(COLUMNS, 20).get(1)).startsWith("06:00:20");
        assertThat(coloured.lines(COLUMNS, 20).get(2)).startsWith("\u001b[31m06:00:10");
    }

    @Test
    void shouldForgetTheSeriesWhoseUpdateIsTheOldestWhenThereAreTooMany() {
        // Given
        for (int key = 0; key < WindowTable.MAX_SERIES; key++) {
            table.take(window("device" + key, "06:00:10", "FINAL"));
        }
        // When
        table.take(window("device0", "06:00:20", "FINAL"));
        table.take(window("another", "06:00:30", "FINAL"));
        // Then
        assertThat(table.lines(COLUMNS, WindowTable.MAX_SERIES))
                .hasSize(1 + WindowTable.MAX_SERIES)
                .noneMatch(line -> line.contains(" device1 "))
                .satisfies(lines -> assertThat(lines.get(1)).contains(" another "))
                .satisfies(lines -> assertThat(lines.get(2)).contains(" device0 "));
    }

    @Test
    void shouldForgetWhatDoesNotHold() {
        // Given
        table.take(window("device1", "06:00:10", "FINAL"));
        // When
        table.clear();
        // Then
        assertThat(table.lines(COLUMNS, 20)).last().isEqualTo("no window has ended yet");
    }
}
