// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final OutgoingRecord READING = new OutgoingRecord(17, false, bytes("a\"b"), bytes("test"), Map.of());

    @TempDir
    Path folder;

    @Test
    void shouldWriteALinePerAcknowledgedRecord() throws IOException {
        // Given
        Path file = folder.resolve("journal");

        // When
        try (Journal journal = Journal.open("reading", file)) {
            journal.acknowledged(READING, "device-readings", 1, 42);
            journal.acknowledged(OutgoingRecord.heartbeat(5, bytes("{}")), "device-readings", 0, 43);
        }

        // Then
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"topic\":\"device-readings\",\"partition\":1,\"offset\":42,\"kind\":\"reading\","
                                + "\"seq\":17,\"key\":\"a\\\"b\",\"sha256\":"
                                + "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}",
                        "{\"topic\":\"device-readings\",\"partition\":0,\"offset\":43,\"kind\":\"heartbeat\","
                                + "\"seq\":5,\"key\":null,\"sha256\":"
                                + "\"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"}");
    }

    @Test
    void shouldAppendToWhatAnEarlierRunHasWritten() throws IOException {
        Path file = folder.resolve("journal");
        for (int run = 0; run < 3; run++) {
            try (Journal journal = Journal.open("reading", file)) {
                journal.acknowledged(READING, "t", 0, run);
            }
        }

        assertThat(Files.readAllLines(file)).hasSize(3);
    }

    @Test
    void shouldEndTheLineThatAFullDiskHasCut() throws IOException {
        // Given
        Path file = Files.writeString(folder.resolve("journal"), "{\"topic\":\"dev");

        // When
        try (Journal journal = Journal.open("reading", file)) {
            journal.acknowledged(READING, "t", 0, 7);
        }

        // Then
        assertThat(Files.readAllLines(file))
                .satisfiesExactly(
                        cut -> assertThat(cut).isEqualTo("{\"topic\":\"dev"),
                        line -> assertThat(line).startsWith("{\"topic\":\"t\"").endsWith("\"}"));
    }

    @Test
    void shouldWriteWholeLinesOnlyWhenFlushed() throws IOException {
        // Given
        Path file = folder.resolve("journal");
        try (Journal journal = Journal.open("reading", file)) {
            for (int offset = 0; offset < 5000; offset++) {
                // When
                journal.acknowledged(READING, "device-readings", 0, offset);

                // Then
                if (offset % 100 == 0) {
                    String text = Files.readString(file);
                    assertThat(text.isEmpty() || text.endsWith("}\n")).isTrue();
                }
            }
            journal.flush();
            assertThat(Files.readAllLines(file)).hasSize(5000);
        }
    }

    @Test
    void shouldNotOpenAFileInAFolderThatIsMissing() {
        assertThatThrownBy(() -> Journal.open("reading", folder.resolve("missing/journal")))
                .isInstanceOf(IOException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
