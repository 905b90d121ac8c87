// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.bench.streams.StreamsJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** {@link StreamsJob} in a process of its own. */
record StreamsApp(String bootstrapServers, String results, Function<JsonNode, Row> row)
        implements Contender {

    /** As much as the TaskManager's heap and managed memory. */
    private static final String HEAP = "-Xmx1g";

    @Override
    public Running start(Path data) throws IOException {
        Files.createDirectories(data);
        Path log = data.resolve("streams.log");
        Process process =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                HEAP,
                                "-cp",
                                System.getProperty("java.class.path"),
                                StreamsJob.class.getName(),
                                bootstrapServers,
                                Readings.TOPIC,
                                results,
                                data.resolve("state").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        return new App(process, List.of(new ThreadTimes(process)), log);
    }

    @Override
    public Row read(JsonNode result) {
        return row.apply(result);
    }

    @Override
    public String toString() {
        return "kafka-streams";
    }

    private record App(Process process, List<ThreadTimes> processes, Path log) implements Running {

        @Override
        public String failure() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() throws IOException {
            process.destroy();
            process.onExit().join();
        }
    }
}
