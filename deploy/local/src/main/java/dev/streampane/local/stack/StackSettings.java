// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What {@code streampane up} was asked for.
 *
 * @param data the stack's folder
 * @param portOffset what every port is moved by
 * @param jobs names of the jobs to run, each once
 * @param windows window specification of the window jobs; empty: the one that a job ran with last
 * @param rate readings per second of the iot-simulator; empty: its default fleet
 * @param seed of both simulators; empty: their defaults
 * @param simulators whether the simulators run
 * @param jobOptions {@code name=value} for every job, or {@code job:name=value} for one
 * @param newGenerations jobs that start without state under a new generation
 * @param kafkaConfig broker settings that win over the stack's
 */
public record StackSettings(
        Path data,
        int portOffset,
        List<String> jobs,
        Optional<String> windows,
        OptionalInt rate,
        OptionalLong seed,
        boolean simulators,
        Map<String, String> jobOptions,
        List<String> newGenerations,
        Map<String, String> kafkaConfig) {

    /** The jobs of the pipeline, all of which run by default. */
    public static final List<String> JOBS =
            List.of("weather-average", "transaction-total", "index-results");

    /** The jobs that {@code --window} is for. */
    public static final List<String> WINDOW_JOBS = List.of("weather-average", "transaction-total");

    public StackSettings {
        data = data.toAbsolutePath().normalize();
        jobs = List.copyOf(jobs);
        jobOptions = Map.copyOf(jobOptions);
        newGenerations = List.copyOf(newGenerations);
        kafkaConfig = Map.copyOf(kafkaConfig);
    }

    /** The number of a port. */
    public int port(Listener listener) {
        return listener.port(portOffset);
    }

    /** {@code 127.0.0.1:port} of the broker. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port(Listener.KAFKA);
    }

    /** Folder of all jobs' checkpoints and savepoints. */
    public Path stateFolder() {
        return data.resolve("state");
    }

    /** The job options that are for {@code job}; its own win over everybody's. */
    Map<String, String> jobOptions(String job) {
        Map<String, String> options = new LinkedHashMap<>();
        jobOptions.forEach(
                (name, value) -> {
                    if (name.indexOf(':') < 0) {
                        options.put(name, value);
                    }
                });
        jobOptions.forEach(
                (name, value) -> {
                    if (name.startsWith(job + ":")) {
                        options.put(name.substring(job.length() + 1), value);
                    }
                });
        return options;
    }
}
