// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerAwayIT {

    private static final List<String> COMMANDS = List.of(
            "tx list",
            "tx abort weather-average",
            "jobs supersede weather-average",
            "measure",
            "replay weather-average",
            "audit");

    @TempDir
    private Path data;

    @Test
    void shouldSayWithinSecondsThatTheBrokerDoesNotAnswer() throws Exception {
        // Given: a port that takes connections and says nothing, and one that refuses them
        try (ServerSocket silent = new ServerSocket(FreePorts.next(), 50, InetAddress.getLoopbackAddress())) {
            List<Callable<String>> runs = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int port : List.of(silent.getLocalPort(), FreePorts.next())) {
                Path stack = stack(port - StackPort.KAFKA.port(0));
                for (String command : COMMANDS) {
                    runs.add(() -> run(command + " --data " + stack));
                    expected.add(("4 streampane: no broker answers within 10 s at 127.0.0.1:%d:"
                                    + " see 'streampane status' and 'streampane logs kafka'")
                            .formatted(port));
                }
            }
            runs.add(() -> run("audit --bootstrap-servers 127.0.0.1:1,127.0.0.1:2"));
            expected.add("4 streampane: no broker answers within 10 s at 127.0.0.1:1,127.0.0.1:2");

            // When
            List<String> said = new ArrayList<>();
            ExecutorService pool = Executors.newFixedThreadPool(runs.size());
            try {
                for (Future<String> run : pool.invokeAll(runs, 45, TimeUnit.SECONDS)) {
                    said.add(run.get());
                }
            } finally {
                pool.shutdownNow();
            }

            // Then
            assertThat(said).containsExactlyElementsOf(expected);
        }
    }

    private static String run(String command) {
        StringWriter err = new StringWriter();
        int code = Streampane.commandLine()
                .setOut(new PrintWriter(new StringWriter(), true))
                .setErr(new PrintWriter(err, true))
                .execute(command.split(" "));
        return code + " " + err.toString().strip();
    }

    private Path stack(int portOffset) throws IOException {
        Path folder = Files.createDirectory(data.resolve(Integer.toString(portOffset)));
        RunningStack.Child self = RunningStack.Child.of(ProcessHandle.current());
        new RunningStack(self, "ready", portOffset, Map.of(), Map.of(), List.of()).write(folder);
        return folder;
    }
}
