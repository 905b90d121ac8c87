// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final Outgoing TRANSACTION =
            new Outgoing(17, false, bytes("a\"b"), bytes("test"), null, null);

    @TempDir Path folder;

    @Test
    void shouldWriteALinePerAcknowledgedRecord() throws IOException {
        // Given
        Path file = folder.resolve("journal");

        // When
        try (Journal journal = Journal.open(file)) {
            journal.acknowledged(TRANSACTION, "transactions", 1, 42);
            journal.acknowledged(Outgoing.heartbeat(5, bytes("{}")), "transactions", 0, 43);
        }

        // Then
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"topic\":\"transactions\",\"partition\":1,\"offset\":42,\"kind\":\"transaction\","
                                + "\"seq\":17,\"key\":\"a\\\"b\",\"sha256\":"
                                + "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}",
                        "{\"topic\":\"transactions\",\"partition\":0,\"offset\":43,\"kind\":\"heartbeat\","
                                + "\"seq\":5,\"key\":null,\"sha256\":"
                                + "\"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"}");
    }

    @Test
    void shouldAppendToWhatAnEarlierRunHasWritten() throws IOException {
        Path file = folder.resolve("journal");
        for (int run = 0; run < 3; run++) {
            try (Journal journal = Journal.open(file)) {
                journal.acknowledged(TRANSACTION, "t", 0, run);
            }
        }

        assertThat(Files.readAllLines(file)).hasSize(3);
    }

    @Test
    void shouldWriteWholeLinesOnlyWhenFlushed() throws IOException {
        // Given
        Path file = folder.resolve("journal");
        try (Journal journal = Journal.open(file)) {
            for (int offset = 0; offset < 5000; offset++) {
                // When
                journal.acknowledged(TRANSACTION, "transactions", 0, offset);

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
        assertThatThrownBy(() -> Journal.open(folder.resolve("missing/journal")))
                .isInstanceOf(IOException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
