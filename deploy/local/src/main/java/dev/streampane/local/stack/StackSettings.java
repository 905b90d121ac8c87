// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.Retention;
import dev.streampane.local.server.FlinkPaths;
import dev.streampane.local.server.ServiceBuild;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of {@code streampane up}.
 *
 * @param data the stack's folder
 * @param portOffset number that is added to every port
 * @param jobs names of the jobs to run, each once
 * @param windows window specification of the window jobs; empty: the one that a job ran with last
 * @param rate readings per second of the iot-simulator; empty: its default fleet
 * @param seed seed of both simulators; empty: their defaults
 * @param simulators whether the simulators run
 * @param jobOptions {@code name=value} for every job, or {@code job:name=value} for one
 * @param newGenerations jobs that start without state under a new generation
 * @param kafkaConfig broker settings that override the stack's
 * @param retention how long a topic keeps its records, by topic; {@link Retention#UNLIMITED} for ever
 * @param services whether the Quarkus services run from their jars or as native executables
 */
public record StackSettings(
        Path data,
        int portOffset,
        List<String> jobs,
        Optional<String> windows,
        Optional<Integer> rate,
        Optional<Long> seed,
        boolean simulators,
        Map<String, String> jobOptions,
        List<String> newGenerations,
        Map<String, String> kafkaConfig,
        Map<String, Duration> retention,
        ServiceBuild services)
        implements JobSettings {

    /** The jobs of the pipeline. */
    public static final List<String> JOBS = List.of(
            "weather-average",
            "transaction-total",
            "index-results",
            "word-count",
            "fraud-detection",
            "time-series-archive",
            "time-series-speed");

    /** The jobs that {@code up} runs by default: every view of the page then has something to show. */
    public static final List<String> DEFAULT_JOBS = JOBS.subList(0, 5);

    /** The jobs that {@code submit} submits by default. Their default parallelism is 2, that of all other jobs is 1. */
    public static final List<String> CORE_JOBS = JOBS.subList(0, 3);

    /** The job that needs Elasticsearch and its templates. */
    public static final String INDEX = "index-results";

    private static final int LEAST_SLOTS = 8;

    /** Slots for jobs that are started, or given more subtasks, while the stack runs. */
    private static final int SPARE_SLOTS = 4;

    /** The jobs to which {@code --window} applies. */
    public static final List<String> WINDOW_JOBS = List.of("weather-average", "transaction-total");

    /** The jobs that write window results. */
    public static final List<String> RESULT_JOBS = List.of("weather-average", "transaction-total", "time-series-speed");

    public StackSettings {
        data = data.toAbsolutePath().normalize();
        jobs = List.copyOf(jobs);
        jobOptions = Map.copyOf(jobOptions);
        newGenerations = List.copyOf(newGenerations);
        kafkaConfig = Map.copyOf(kafkaConfig);
        retention = Map.copyOf(retention);
    }

    /** The number of a port. */
    public int port(StackPort listener) {
        return listener.port(portOffset);
    }

    /** {@code 127.0.0.1:port} of the broker. */
    @Override
    public String bootstrapServers() {
        return "127.0.0.1:" + port(StackPort.KAFKA);
    }

    @Override
    public Path stateFolder() {
        return data.resolve("state");
    }

    /** Slots of the TaskManager: those that the jobs need and some spare ones. */
    int slots() {
        int needed = jobs.stream().mapToInt(job -> slots(job, jobOptions(job))).sum();
        return Math.max(LEAST_SLOTS, needed + SPARE_SLOTS);
    }

    /** Slots that a job takes with these options: its parallelism, as its operators share slots. */
    static int slots(String job, Map<String, String> options) {
        int usual = CORE_JOBS.contains(job) ? 2 : 1;
        String asked = options.getOrDefault("parallelism", "");
        return asked.matches("[0-9]{1,5}") ? Integer.parseInt(asked) : usual;
    }

    @Override
    public Map<String, String> own(String job) {
        return switch (job) {
            case INDEX -> Map.of("elasticsearch-url", "http://127.0.0.1:" + port(StackPort.ELASTICSEARCH));
            case "time-series-archive" ->
                Map.of(
                        "archive-dir",
                        FlinkPaths.text(data.resolve("archive")),
                        "compact-after",
                        "5m"); // files appear sooner, but there are more per day
            case "word-count" -> Map.of("output", "topic,console"); // for streampane logs word-count
            case "weather-average", "transaction-total" -> Map.of("preview", "1s"); // shows windows as they fill
            default -> Map.of();
        };
    }
}
