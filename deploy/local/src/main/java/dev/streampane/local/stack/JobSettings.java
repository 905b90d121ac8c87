// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.log.Topics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where jobs run, and what they were asked for. */
public sealed interface JobSettings permits StackSettings, ClusterSettings {

    /** The brokers, as {@code host:port} with commas between. */
    String bootstrapServers();

    /** What a client needs to reach them. */
    default Map<String, Object> kafka() {
        return Topics.client(bootstrapServers());
    }

    /** Folder of all jobs' checkpoints and savepoints, under the same path here and for Flink. */
    Path stateFolder();

    /** Window specification of the window jobs; empty: the one that a job ran with last. */
    Optional<String> windows();

    /** {@code name=value} for every job, or {@code job:name=value} for one. */
    Map<String, String> jobOptions();

    /** Jobs that start without state under a new generation. */
    List<String> newGenerations();

    /** What these surroundings say to a job by themselves; {@link #jobOptions} win over it. */
    Map<String, String> own(String job);

    /** The job options that are for {@code job}; its own win over everybody's. */
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
