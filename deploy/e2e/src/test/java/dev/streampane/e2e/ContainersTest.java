// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainersTest {

    @Test
    void shouldLeaveNothingOfAScriptThatWaitsForACommand(@TempDir Path folder) throws Exception {
        // Given
        Path cleaned = folder.resolve("cleaned");
        Process script = new ProcessBuilder(
                        "bash",
                        "-c",
                        "trap 'exit 130' TERM; trap 'touch \"$1\"' EXIT; sleep 600; sleep 600",
                        "script",
                        cleaned.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().until(() -> script.descendants().anyMatch(ContainersTest::sleeps));
        List<ProcessHandle> commands = script.descendants().toList();
        // When
        ContainersIT.end(script, Duration.ofMillis(300));
        // Then
        await().until(() -> commands.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(script.isAlive()).isFalse();
        assertThat(cleaned).exists();
    }

    private static boolean sleeps(ProcessHandle command) {
        return command.info().command().orElse("").endsWith("sleep");
    }
}
