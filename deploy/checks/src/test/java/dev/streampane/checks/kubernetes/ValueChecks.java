// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.ObjectStore;
import dev.streampane.checks.facts.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Values that name what is somewhere else: topics and buckets of jobs, the folder of an S3 server. */
final class ValueChecks {

    private ValueChecks() {}

    static List<String> problems(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        Set<String> made = new TreeSet<>();
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.containers()) {
                Map<String, String> environment = Pods.environment(container);
                made.addAll(ObjectStore.buckets(environment));
                ObjectStore.folder(environment)
                        .filter(folder -> !mounts(container, folder))
                        .ifPresent(it -> problems.add(pods.name() + ": " + it + " is no volume"));
            }
        }
        for (Pods pods : manifests.pods().stream().filter(Pods::isFlink).toList()) {
            Map<String, String> arguments = SettingChecks.arguments(pods);
            arguments.forEach((option, value) -> {
                if (option.endsWith("-topic") && !Topics.names().contains(value)) {
                    problems.add(pods.name() + ": " + value + " is no topic");
                }
            });
            Map<String, String> flink = Selectors.labelsOf(pods.owner().at("/spec/flinkConfiguration"));
            for (String bucket : Stream.of(arguments, flink)
                    .map(Map::values)
                    .flatMap(Collection::stream)
                    .map(ObjectStore::bucket)
                    .flatMap(Optional::stream)
                    .toList()) {
                if (made.isEmpty()) {
                    // made by who installs production: one for all
                    made.add(bucket);
                }
                if (!made.contains(bucket)) {
                    problems.add(pods.name() + ": nobody makes the bucket " + bucket);
                }
            }
        }
        return problems;
    }

    private static boolean mounts(JsonNode container, String folder) {
        for (JsonNode mount : container.path("volumeMounts")) {
            if (mount.path("mountPath").asText().equals(folder)) {
                return true;
            }
        }
        return false;
    }
}
