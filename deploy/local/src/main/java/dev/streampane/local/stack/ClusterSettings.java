// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of {@code streampane submit}.
 *
 * @param kafka settings with which a Kafka client reaches the brokers
 * @param elasticsearch {@code http://host:port} that index-results writes to; no other job needs it
 */
public record ClusterSettings(
        String bootstrapServers,
        Map<String, Object> kafka,
        Optional<String> elasticsearch,
        Path stateFolder,
        Optional<String> windows,
        Map<String, String> jobOptions,
        List<String> newGenerations)
        implements JobSettings {

    public ClusterSettings {
        kafka = Map.copyOf(kafka);
        stateFolder = stateFolder.toAbsolutePath().normalize();
        jobOptions = Map.copyOf(jobOptions);
        newGenerations = List.copyOf(newGenerations);
    }

    @Override
    public Map<String, String> own(String job) {
        return elasticsearch
                .filter(url -> job.equals(StackSettings.INDEX))
                .map(url -> Map.of("elasticsearch-url", url))
                .orElse(Map.of());
    }
}
