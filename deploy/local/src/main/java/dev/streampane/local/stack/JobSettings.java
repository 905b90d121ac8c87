// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.log.Topics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where jobs run, and with which settings. */
public sealed interface JobSettings permits StackSettings, ClusterSettings {

    /** The brokers, as {@code host:port} with commas between. */
    String bootstrapServers();

    /** Settings with which a Kafka client reaches the brokers. */
    default Map<String, Object> kafka() {
        return Topics.client(bootstrapServers());
    }

    /** Folder of the checkpoints and savepoints of all jobs; this process and Flink see it under the same path. */
    Path stateFolder();

    /** Window specification of the window jobs; empty: the one that a job ran with last. */
    Optional<String> windows();

    /** {@code name=value} for every job, or {@code job:name=value} for one. */
    Map<String, String> jobOptions();

    /** Jobs that start without state under a new generation. */
    List<String> newGenerations();

    /** Options that {@code job} gets by default where it runs; {@link #jobOptions} override them. */
    Map<String, String> own(String job);

    /** The options that apply to {@code job}; those given for this job alone override those for every job. */
    default Map<String, String> jobOptions(String job) {
        Map<String, String> options = new LinkedHashMap<>();
        jobOptions().forEach((name, value) -> {
            if (name.indexOf(':') < 0) {
                options.put(name, value);
            }
        });
        jobOptions().forEach((name, value) -> {
            if (name.startsWith(job + ":")) {
                options.put(name.substring(job.length() + 1), value);
            }
        });
        return options;
    }
}
