// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stack that has started nothing. */
class StackTest {

    @TempDir
    Path data;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void shouldGoOnAndEndWhenItCannotWriteItsFile() throws IOException {
        // Given what stands for a full disk
        Path inTheWay = Files.createDirectories(data.resolve("stack.json.new"));
        Console console = new Console(new PrintStream(printed, true), Console.Style.PLAIN, 80);
        Stack stack = new Stack(TestSettings.of(data, 0, List.of(), Optional.empty(), Map.of()), console);

        // When
        stack.supervise(Optional.of(System.nanoTime() + Duration.ofMillis(300).toNanos()));
        stack.stop();

        // Then
        assertThat(printed.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .isEqualTo("cannot write stack.json: " + inTheWay + " (Is a directory)"),
                        line -> assertThat(line).startsWith("stopped in "));
    }
}
