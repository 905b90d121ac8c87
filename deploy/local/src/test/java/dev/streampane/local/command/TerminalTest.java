// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {

    @TempDir
    Path folder;

    private final PrintStream failing = new PrintStream(new OutputStream() {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    });

    @Test
    void shouldHaveAReaderInAFileAlsoWhereTheDiskIsFull() throws IOException {
        // Given
        Path file = Files.createFile(folder.resolve("up.log"));

        // When
        failing.println("records in 5");

        // Then
        assertThat(Terminal.isGone(failing, file)).isFalse();
        assertThat(Terminal.isGone(failing, Path.of("/dev/null"))).isTrue();
        assertThat(Terminal.isGone(failing, folder.resolve("none"))).isTrue();
        assertThat(Terminal.isGone(System.out, Path.of("/dev/null"))).isFalse();
    }
}
