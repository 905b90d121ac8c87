// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WorkspaceTest {

    /** A contender that does not end. */
    static final class Endless {
        public static void main(String[] args) throws Exception {
            new CountDownLatch(1).await();
        }
    }

    /** A benchmark that is at work on its contender. */
    static final class AtWork {
        public static void main(String[] args) throws Exception {
            Path folder = Workspace.newFolder();
            var contender = new App("endless", Endless.class, List.of(), row -> null).start(folder.resolve("app"));
            System.out.println(folder);
            System.out.println(
                    ProcessHandle.current().children().findFirst().orElseThrow().pid());
            Endless.main(args);
            contender.close();
        }
    }

    @Test
    void shouldLeaveNothingWhenItIsToldToEnd() throws Exception {
        // Given
        Process bench = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AtWork.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader printed = bench.inputReader();
        Path folder = Path.of(printed.readLine());
        ProcessHandle contender =
                ProcessHandle.of(Long.parseLong(printed.readLine())).orElseThrow();

        // When
        bench.toHandle().destroy();
        bench.waitFor();

        // Then
        try {
            assertThat(contender.isAlive()).isFalse();
            assertThat(Files.exists(folder)).isFalse();
        } finally {
            contender.destroyForcibly();
        }
    }

    @Test
    @Timeout(120)
    void shouldKillWhatDoesNotEnd() throws Exception {
        // Given
        Process process = new ProcessBuilder("sh", "-c", "trap '' TERM; echo; exec sleep 1000").start();
        process.inputReader().readLine();

        // When
        Workspace.end(process, Duration.ofMillis(1));

        // Then
        assertThat(process.isAlive()).isFalse();
    }
}
