// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A contender in its own process.
 *
 * @param main its main class, on the benchmark's class path
 * @param arguments arguments of the main class, to which a folder for its state is added
 * @param row parses a result
 */
record App(String name, Class<?> main, List<String> arguments, Function<JsonNode, Row> row) implements Contender {

    /** As much as the TaskManager's heap and managed memory. */
    private static final String HEAP = "-Xmx1g";

    @Override
    public Processes start(Path data) throws IOException {
        Files.createDirectories(data);
        Path log = data.resolve(name + ".log");
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(arguments);
        command.add(data.resolve("state").toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new RunningApp(process, List.of(new ThreadTimes(process)), log);
    }

    @Override
    public Row read(JsonNode result) {
        return row.apply(result);
    }

    @Override
    public String toString() {
        return name;
    }

    private record RunningApp(Process process, List<ThreadTimes> processes, Path log) implements Processes {

        @Override
        public String failure() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() {
            Workspace.end(process, Workspace.PATIENCE);
        }
    }
}
