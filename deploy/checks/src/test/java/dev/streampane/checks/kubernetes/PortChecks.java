// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Ports of containers against the code's, and whoever names a port against the container's. */
final class PortChecks {

    private static final List<String> FLINK = List.of(
            "rest.port",
            "blob.server.port",
            "taskmanager.rpc.port",
            "taskmanager.data.port",
            "high-availability.jobmanager.port",
            "metrics.reporter.prom.port");

    /** Where Kafka's controllers and brokers speak among themselves, by Strimzi. */
    private static final Set<Integer> KAFKA_INTERNAL = Set.of(9090, 9091);

    /** By kind where pods of ECK listen, {@code elasticsearch} among themselves, too. */
    private static final Map<String, Set<Integer>> ELASTIC =
            Map.of("Elasticsearch", Set.of(Targets.ELASTICSEARCH, 9300), "Kibana", Set.of(Targets.KIBANA));

    private PortChecks() {}

    /** Ports that are not those of the code, and names of ports that no container has. */
    static List<String> problems(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            Map<String, Integer> ports = named(pods);
            Service.named(pods.service())
                    .map(Ports::of)
                    .filter(port -> !ports.containsValue(port))
                    .ifPresent(port -> problems.add(
                            "%s: its ports are %s, the service's is %d".formatted(pods.name(), ports, port)));
            pods.containers().stream()
                    .flatMap(container -> container.findValues("httpGet").stream())
                    .forEach(probe -> require(problems, ports, probe.path("port"), pods.name() + ": probe"));
            if (pods.isFlink()) {
                JsonNode reporter = pods.owner().at("/spec/flinkConfiguration/metrics.reporter.prom.port");
                if (!ports.containsValue(reporter.asInt())) {
                    problems.add("%s: the reporter's port %s is none of the container's %s"
                            .formatted(pods.name(), reporter, ports));
                }
            }
        }
        for (JsonNode service : manifests.all("Service")) {
            Map<String, String> selector = Sources.fields(service.at("/spec/selector"));
            Map<String, Integer> ports = new TreeMap<>();
            manifests.pods().stream()
                    .filter(pods -> Selectors.hasAll(selector, pods.labels()))
                    .forEach(pods -> ports.putAll(named(pods)));
            for (JsonNode port : service.at("/spec/ports")) {
                require(problems, ports, port.path("targetPort"), Manifests.nameOf(service));
                require(problems, ports, port.path("port"), Manifests.nameOf(service));
            }
        }
        return problems;
    }

    /** The ports that the pods with these labels listen on; empty when nobody has them. */
    static Set<Integer> of(Manifests manifests, JsonNode selector) {
        Set<Integer> ports = new TreeSet<>();
        for (Pods pods : manifests.pods()) {
            if (Selectors.matches(selector, pods.labels())) {
                ports.addAll(named(pods).values());
                ports.addAll(ELASTIC.getOrDefault(pods.kind(), Set.of()));
                if (pods.isFlink()) {
                    JsonNode configuration = pods.owner().at("/spec/flinkConfiguration");
                    FLINK.forEach(key -> ports.add(configuration.path(key).asInt()));
                }
            }
        }
        for (JsonNode kafka : manifests.all("Kafka")) {
            if (Selectors.matches(selector, Selectors.kafkaPods(kafka))) {
                ports.addAll(Targets.listeners(kafka));
                ports.addAll(KAFKA_INTERNAL);
            }
        }
        return ports;
    }

    private static void require(List<String> problems, Map<String, Integer> ports, JsonNode port, String where) {
        boolean there = port.isInt() ? ports.containsValue(port.asInt()) : ports.containsKey(port.asText());
        if (!there) {
            problems.add("%s: there is no port %s among %s".formatted(where, port.asText(), ports));
        }
    }

    static Map<String, Integer> named(Pods pods) {
        Map<String, Integer> ports = new TreeMap<>();
        pods.containers().forEach(container -> container
                .path("ports")
                .forEach(port -> ports.put(
                        port.path("name").asText(), port.path("containerPort").asInt())));
        return ports;
    }
}
