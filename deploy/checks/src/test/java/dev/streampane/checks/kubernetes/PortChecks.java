// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static final Set<Integer> ELASTICSEARCH = Set.of(9200, 9300);

    private PortChecks() {}

    /** Ports that are not those of the code, and names of ports that no container has. */
    static List<String> problems(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            Optional<Service> service = Service.named(pods.service());
            Map<String, Integer> ports = named(pods);
            if (service.isPresent() && !ports.containsValue(Ports.of(service.get()))) {
                problems.add("%s: its ports are %s, the service's is %d"
                        .formatted(pods.name(), ports, Ports.of(service.get())));
            }
            for (JsonNode container : pods.containers()) {
                for (JsonNode probe : container.findValues("httpGet")) {
                    require(problems, ports, probe.path("port"), pods.name() + ": probe");
                }
            }
        }
        for (JsonNode service : manifests.all("Service")) {
            Map<String, String> selector = Selectors.labelsOf(service.at("/spec/selector"));
            Map<String, Integer> ports = new TreeMap<>();
            manifests.pods().stream()
                    .filter(pods -> Selectors.hasAll(selector, pods.labels()))
                    .forEach(pods -> ports.putAll(named(pods)));
            for (JsonNode port : service.at("/spec/ports")) {
                require(problems, ports, port.path("targetPort"), Manifests.nameOf(service));
                if (!ports.containsValue(port.path("port").asInt())) {
                    problems.add("%s: port %d is none of the container's %s"
                            .formatted(
                                    Manifests.nameOf(service), port.path("port").asInt(), ports));
                }
            }
        }
        problems.addAll(flink(manifests));
        return problems;
    }

    /** The ports that the pods with these labels listen on; empty when nobody has them. */
    static Set<Integer> of(Manifests manifests, JsonNode selector) {
        Set<Integer> ports = new TreeSet<>();
        for (Pods pods : manifests.pods()) {
            if (Selectors.matches(selector, pods.labels())) {
                ports.addAll(named(pods).values());
                if (pods.isFlink()) {
                    JsonNode configuration = pods.owner().at("/spec/flinkConfiguration");
                    FLINK.forEach(key -> ports.add(configuration.path(key).asInt()));
                    ports.add(6123);
                }
                if (pods.owner().path("kind").asText().equals("Elasticsearch")) {
                    ports.addAll(ELASTICSEARCH);
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

    /** The reporter's port stands in the configuration and at the container. */
    private static List<String> flink(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods().stream().filter(Pods::isFlink).toList()) {
            int reporter = pods.owner()
                    .at("/spec/flinkConfiguration")
                    .path("metrics.reporter.prom.port")
                    .asInt();
            if (!named(pods).containsValue(reporter)) {
                problems.add("%s: the reporter's port %d is none of the container's %s"
                        .formatted(pods.name(), reporter, named(pods)));
            }
        }
        return problems;
    }

    private static void require(List<String> problems, Map<String, Integer> ports, JsonNode port, String where) {
        boolean there = port.isInt() ? ports.containsValue(port.asInt()) : ports.containsKey(port.asText());
        if (!there) {
            problems.add("%s: there is no port %s among %s".formatted(where, port.asText(), ports));
        }
    }

    static Map<String, Integer> named(Pods pods) {
        Map<String, Integer> ports = new TreeMap<>();
        for (JsonNode container : pods.containers()) {
            container
                    .path("ports")
                    .forEach(port -> ports.put(
                            port.path("name").asText(),
                            port.path("containerPort").asInt()));
        }
        return ports;
    }
}
