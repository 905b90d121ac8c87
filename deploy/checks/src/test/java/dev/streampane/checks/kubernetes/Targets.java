// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A name that pods can call, the pods behind it, and its ports.
 *
 * @param pods labels of the pods behind it
 */
record Targets(Map<String, String> pods, Set<Integer> ports) {

    /** Where Elasticsearch and Kibana answer by HTTP. */
    static final int ELASTICSEARCH = 9200;

    static final int KIBANA = 5601;

    /**
     * Every Service, by name: ours, and those that the operators make. ECK's are called {@code NAME-es-http} and {@code
     * NAME-kb-http}: elastic/cloud-on-k8s v3.5, {@code pkg/apis/elasticsearch/v1/name.go}, {@code pkg/apis/kibana/v1/name.go}.
     */
    static Map<String, Targets> byName(Manifests manifests) {
        Map<String, Targets> targets = new TreeMap<>();
        for (JsonNode service : manifests.all("Service")) {
            targets.put(
                    service.at("/metadata/name").asText(),
                    new Targets(Sources.fields(service.at("/spec/selector")), ports(service.at("/spec/ports"))));
        }
        for (JsonNode kafka : manifests.all("Kafka")) {
            targets.put(
                    kafka.at("/metadata/name").asText() + "-kafka-bootstrap",
                    new Targets(Selectors.kafkaPods(kafka), listeners(kafka)));
        }
        manifests.pods().forEach(pods -> {
            switch (pods.kind()) {
                case "Elasticsearch" ->
                    targets.put(pods.service() + "-es-http", new Targets(pods.labels(), Set.of(ELASTICSEARCH)));
                case "Kibana" -> targets.put(pods.service() + "-kb-http", new Targets(pods.labels(), Set.of(KIBANA)));
                default -> {}
            }
        });
        return targets;
    }

    static Set<Integer> listeners(JsonNode kafka) {
        return ports(kafka.at("/spec/kafka/listeners"));
    }

    private static Set<Integer> ports(JsonNode list) {
        return Sources.items(list).map(port -> port.path("port").asInt()).collect(Collectors.toSet());
    }
}
