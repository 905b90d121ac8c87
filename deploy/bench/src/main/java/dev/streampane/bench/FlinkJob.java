// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.LocalFlink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A job on its own cluster of a JobManager and a TaskManager.
 *
 * @param jar jar that is submitted
 * @param main main class, in the jar or on {@code classpath}
 * @param arguments arguments of the main class
 * @param classpath class path of the job, in addition to its jar and the cluster's class path
 * @param row parses a result
 */
record FlinkJob(
        String name, Path jar, String main, List<String> arguments, List<Path> classpath, Function<JsonNode, Row> row)
        implements Contender {

    /** The product's job weather-average, with the options that all benchmarks set and with {@code more}. */
    static FlinkJob weatherAverage(
            Path jar, String bootstrapServers, String results, int generation, String windows, String... more) {
        var arguments = new ArrayList<>(List.of(
                "weather-average",
                "--bootstrap-servers=" + bootstrapServers,
                "--results-topic=" + results,
                "--generation=" + generation,
                "--windows=" + windows));
        arguments.addAll(List.of(more));
        return new FlinkJob("weather-average", jar, FlinkRest.MAIN, arguments, List.of(), FlinkJob::row);
    }

    /** Parses a result. The row's start is the last minute of a sliding window, otherwise the minute in which the window starts. */
    private static Row row(JsonNode row) {
        JsonNode window = row.path("window");
        long minute = window.path("kind").asText().equals("sliding")
                ? Instant.parse(window.path("end").asText()).toEpochMilli() - Readings.WINDOW
                : Instant.parse(window.path("start").asText()).toEpochMilli() / Readings.WINDOW * Readings.WINDOW;
        return new Row(
                row.path("key").asText(),
                minute,
                row.path("count").asLong(),
                row.path("sums").path("temp").asLong(),
                row.path("sums").path("hum").asLong());
    }

    @Override
    public Cluster start(Path data) throws Exception {
        String urls = classpath.stream().map(file -> file.toUri().toString()).collect(Collectors.joining(";"));
        LocalFlink flink = LocalFlink.start(data, LocalFlink.Ports.free(), Map.of("pipeline.classpaths", urls));
        try {
            var rest = new FlinkRest(flink.restUrl());
            String id = rest.run(rest.upload(jar), main, arguments, Optional.empty(), true, FlinkRest.newJobId());
            return new Cluster(
                    flink,
                    rest,
                    id,
                    List.of(new ThreadTimes(flink.taskManager()), new ThreadTimes(flink.jobManager())));
        } catch (Exception e) {
            flink.close();
            throw e;
        }
    }

    @Override
    public Row read(JsonNode result) {
        return row.apply(result);
    }

    @Override
    public String toString() {
        return name;
    }

    /** The job's cluster. */
    record Cluster(LocalFlink flink, FlinkRest rest, String job, List<ThreadTimes> processes) implements Processes {

        /** The newest checkpoints, as in Flink's REST API. */
        JsonNode checkpoints() throws IOException {
            return rest.checkpoints(job).path("history");
        }

        @Override
        public String commits() throws IOException {
            JsonNode told = rest.checkpoints(job);
            return "%,d checkpoints, median %,d ms, at most %,d kB"
                    .formatted(
                            told.at("/counts/completed").asLong(),
                            told.at("/summary/end_to_end_duration/p50").asLong(),
                            told.at("/summary/state_size/max").asLong() / 1_000);
        }

        @Override
        public String failure() throws IOException {
            return String.valueOf(rest.failure(job));
        }

        @Override
        public void close() {
            flink.close();
        }
    }
}
