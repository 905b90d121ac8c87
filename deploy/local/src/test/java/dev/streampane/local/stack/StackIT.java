// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stack that starts its servers. */
class StackIT {

    @TempDir
    Path data;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void shouldNotComplainOfServersThatItEndsBeforeTheyAreUp() {
        // Given
        Console console = new Console(new PrintStream(printed, true), Console.Style.PLAIN, 80);
        int portOffset = FreePorts.next() - StackPort.KAFKA.port(0);
        Stack stack = new Stack(TestSettings.of(data, portOffset, List.of(), Optional.empty(), Map.of()), console);
        CompletableFuture<Void> start = CompletableFuture.runAsync(stack::start);
        await().until(() -> RunningStack.read(data)
                .filter(running -> running.children().containsKey(Servers.KAFKA))
                .isPresent());

        // When
        stack.stop();

        // Then
        assertThat(start).succeedsWithin(Duration.ofMinutes(1));
        assertThat(printed.toString().lines()).last().asString().startsWith("stopped in ");
    }
}
