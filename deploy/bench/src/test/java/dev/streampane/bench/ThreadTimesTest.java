// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadTimesTest {

    /** A JVM ends compilers that have nothing to do, and the process's time goes on having theirs. */
    @Test
    void shouldLeaveOutTheTimeOfACompilerThatHasEnded(@TempDir Path process) throws IOException {
        // Given
        ThreadTimes times = new ThreadTimes(process);
        write(process, "java", 10);
        write(process.resolve("task/1"), "main", 6);
        Path compiler = process.resolve("task/2");
        write(compiler, "C2 CompilerThre", 4);
        assertThat(times.cpu()).isEqualTo(Duration.ofSeconds(6));

        // When
        Files.delete(compiler.resolve("stat"));
        Files.delete(compiler);
        write(process, "java", 11);

        // Then
        assertThat(times.cpu()).isEqualTo(Duration.ofSeconds(7));
    }

    /** What Linux shows of a task: state, ten numbers, hundredths of a second as user and in the kernel. */
    private static void write(Path task, String name, int seconds) throws IOException {
        Files.createDirectories(task);
        Files.writeString(
                task.resolve("stat"),
                "7 (%s) S 1 1 1 0 -1 4194304 0 0 0 0 %d 100 0 0".formatted(name, seconds * 100 - 100));
    }
}
