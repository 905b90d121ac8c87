// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A name that pods can call, the pods behind it, and its ports.
 *
 * @param pods labels of the pods behind it
 */
record Targets(Map<String, String> pods, Set<Integer> ports) {

    private static final int ELASTICSEARCH = 9200;

    /** Every Service, by name: ours, and those that the operators make. */
    static Map<String, Targets> byName(Manifests manifests) {
        Map<String, Targets> targets = new TreeMap<>();
        for (JsonNode service : manifests.all("Service")) {
            Set<Integer> ports = new TreeSet<>();
            service.at("/spec/ports")
                    .forEach(port -> ports.add(port.path("port").asInt()));
            targets.put(
                    service.at("/metadata/name").asText(),
                    new Targets(Selectors.labelsOf(service.at("/spec/selector")), ports));
        }
        for (JsonNode kafka : manifests.all("Kafka")) {
            targets.put(
                    kafka.at("/metadata/name").asText() + "-kafka-bootstrap",
                    new Targets(Selectors.kafkaPods(kafka), listeners(kafka)));
        }
        for (JsonNode elasticsearch : manifests.all("Elasticsearch")) {
            String name = elasticsearch.at("/metadata/name").asText();
            targets.put(
                    name + "-es-http",
                    new Targets(Map.of(Selectors.ELASTICSEARCH_CLUSTER, name), Set.of(ELASTICSEARCH)));
        }
        return targets;
    }

    static Set<Integer> listeners(JsonNode kafka) {
        Set<Integer> ports = new TreeSet<>();
        kafka.at("/spec/kafka/listeners")
                .forEach(listener -> ports.add(listener.path("port").asInt()));
        return ports;
    }
}
