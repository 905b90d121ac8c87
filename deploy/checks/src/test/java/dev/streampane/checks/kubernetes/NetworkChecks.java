// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.fields;
import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static java.util.stream.Collectors.toCollection;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.kubernetes.NetworkPolicies.Call;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ports of containers against the code's, and the list of calls against what pods call and where they listen. */
final class NetworkChecks {

    private static final Pattern CALL = Pattern.compile("(?<![\\w.-])([a-z][a-z0-9-]*):(\\d{2,5})(?!\\d)");
    private static final Set<Integer> API_SERVER = Set.of(443, 6443);
    private static final String REPORTER = "metrics.reporter.prom.port";
    private static final List<String> FLINK = List.of(
            "rest.port",
            "blob.server.port",
            "taskmanager.rpc.port",
            "taskmanager.data.port",
            "high-availability.jobmanager.port",
            REPORTER);

    /** Where Kafka's controllers and brokers speak among themselves, by Strimzi. */
    private static final Set<Integer> KAFKA_INTERNAL = Set.of(9090, 9091);

    /** By kind where pods of ECK listen, {@code elasticsearch} among themselves, too. */
    private static final Map<String, Set<Integer>> ELASTIC =
            Map.of("Elasticsearch", Set.of(9200, 9300), "Kibana", Set.of(5601));

    /**
     * By kind what the name of ECK's Service ends with: elastic/cloud-on-k8s v3.5, {@code pkg/apis/elasticsearch/v1/name.go},
     * {@code pkg/apis/kibana/v1/name.go}.
     */
    private static final Map<String, String> HTTP = Map.of("Elasticsearch", "-es-http", "Kibana", "-kb-http");

    private NetworkChecks() {}

    /** A name that pods can call: labels of the pods behind it, and its ports. */
    private record Target(Map<String, String> pods, Set<Integer> ports) {}

    /** Ports that are not those of the code, and names of ports that no container has. */
    static void ports(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            Map<String, Integer> ports = pods.ports();
            Service.named(pods.service())
                    .map(Ports::of)
                    .ifPresent(port -> found.unless(
                            ports.containsValue(port),
                            "%s: its ports are %s, the service's is %d",
                            pods.name(),
                            ports,
                            port));
            pods.containers().stream()
                    .flatMap(it -> it.findValues("httpGet").stream())
                    .forEach(it -> require(found, ports, it.path("port"), pods.name() + ": probe"));
            String reporter = pods.flink().get(REPORTER);
            boolean shown = !pods.isFlink() || ports.containsValue(Integer.valueOf(reporter));
            found.unless(shown, "%s: the reporter's port %s is none of %s", pods.name(), reporter, ports);
        }
        for (JsonNode service : manifests.all("Service")) {
            Map<String, String> selector = fields(service.at("/spec/selector"));
            Map<String, Integer> ports = new TreeMap<>();
            manifests.pods().stream()
                    .filter(it -> Pods.hasAll(selector, it.labels()))
                    .forEach(it -> ports.putAll(it.ports()));
            for (JsonNode port : service.at("/spec/ports")) {
                require(found, ports, port.path("targetPort"), Manifests.nameOf(service));
                require(found, ports, port.path("port"), Manifests.nameOf(service));
            }
        }
    }

    private static void require(Findings found, Map<String, Integer> ports, JsonNode port, String where) {
        boolean there = port.isInt() ? ports.containsValue(port.asInt()) : ports.containsKey(port.asText());
        found.unless(there, "%s: there is no port %s among %s", where, port.asText(), ports);
    }

    /** Ports of the list on which its pods do not listen. */
    static void openings(Manifests manifests, Findings found) {
        for (Call call : NetworkPolicies.calls()) {
            boolean here = Pods.all(manifests).stream().anyMatch(it -> NetworkPolicies.are(call.to(), it));
            found.unless(
                    !here
                            || listen(manifests, NetworkPolicies.selector(call.to()))
                                    .contains(call.port()),
                    "calls.yml: %s does not listen on %d",
                    call.to(),
                    call.port());
        }
    }

    /** The ports that the pods with these labels listen on. */
    private static Set<Integer> listen(Manifests manifests, JsonNode selector) {
        Set<Integer> ports = new TreeSet<>();
        for (Pods pods : manifests.pods()) {
            if (Pods.matches(selector, pods.labels())) {
                ports.addAll(pods.ports().values());
                ports.addAll(ELASTIC.getOrDefault(pods.kind(), Set.of()));
                FLINK.stream()
                        .map(pods.flink()::get)
                        .filter(Objects::nonNull)
                        .forEach(it -> ports.add(Integer.valueOf(it)));
            }
        }
        for (JsonNode kafka : manifests.all("Kafka")) {
            if (Pods.matches(selector, Pods.kafka(kafka))) {
                ports.addAll(ports(kafka, "/spec/kafka/listeners"));
                ports.addAll(KAFKA_INTERNAL);
            }
        }
        return ports;
    }

    private static Set<Integer> ports(JsonNode object, String list) {
        return items(object, list).map(port -> port.path("port").asInt()).collect(Collectors.toSet());
    }

    /** What pods call, by their environment, arguments and mounted files, and may not. */
    static void calls(Manifests manifests, Findings found) {
        Map<String, Target> targets = targets(manifests);
        for (Pods pods : manifests.pods()) {
            for (String text : callsOf(manifests, pods)) {
                int port = Integer.parseInt(text.substring(text.indexOf(':') + 1));
                Target target = targets.get(text.substring(0, text.indexOf(':')));
                boolean heard = target != null && target.ports().contains(port);
                found.unless(heard, "%s: nobody listens on %s", pods.name(), text);
                if (heard) {
                    boolean listed = NetworkPolicies.calls().stream()
                            .anyMatch(it -> it.port() == port
                                    && NetworkPolicies.are(it.from(), pods.labels())
                                    && NetworkPolicies.are(it.to(), target.pods()));
                    found.unless(listed, "%s: calls.yml has no call to %s", pods.name(), text);
                    boolean open = letsIn(manifests, target, pods.labels(), port);
                    found.unless(open, "%s: Kafka's listener does not let it in to %s", pods.name(), text);
                }
            }
        }
    }

    /** Every Service, by name: ours, and those that the operators make. */
    private static Map<String, Target> targets(Manifests manifests) {
        Map<String, Target> targets = new TreeMap<>();
        manifests
                .all("Service")
                .forEach(it -> targets.put(
                        Manifests.plain(it), new Target(fields(it.at("/spec/selector")), ports(it, "/spec/ports"))));
        manifests
                .all("Kafka")
                .forEach(it -> targets.put(
                        Manifests.plain(it) + "-kafka-bootstrap",
                        new Target(Pods.kafka(it), ports(it, "/spec/kafka/listeners"))));
        manifests.pods().stream()
                .filter(it -> HTTP.containsKey(it.kind()))
                .forEach(it -> targets.put(
                        it.service() + HTTP.get(it.kind()), new Target(it.labels(), ELASTIC.get(it.kind()))));
        return targets;
    }

    private static Set<String> callsOf(Manifests manifests, Pods pods) {
        Stream<String> told = pods.containers().stream().flatMap(it -> pods.told(it).stream());
        Stream<String> files = pods.files(manifests).entrySet().stream()
                .filter(it -> it.getKey().endsWith(".conf"))
                .map(Map.Entry::getValue);
        return Stream.of(told, files, pods.flink().values().stream())
                .flatMap(it -> it)
                .flatMap(it -> CALL.matcher(it).results())
                .map(it -> it.group())
                .collect(toCollection(TreeSet::new));
    }

    /** Kafka's own policies are Strimzi's: a listener lets in whom it names. */
    private static boolean letsIn(Manifests manifests, Target target, Map<String, String> from, int port) {
        return manifests.all("Kafka").stream()
                .filter(it -> Pods.kafka(it).equals(target.pods()))
                .flatMap(it -> items(it, "/spec/kafka/listeners"))
                .filter(it -> it.path("port").asInt() == port)
                .allMatch(it -> items(it, "/networkPolicyPeers")
                        .anyMatch(peer -> peer.has("podSelector") && Pods.matches(peer.path("podSelector"), from)));
    }

    /** Whom the API server must answer and who may not ask it: jobs, brokers and controllers, their operators. */
    static void apiServer(Manifests manifests, Findings found) {
        Set<Integer> ports = apiServer(call -> true);
        ports.addAll(API_SERVER);
        Stream.concat(manifests.jobs().stream().map(Pods::labels), Pods.strimzi(manifests))
                .forEach(pods -> found.unless(
                        apiServer(call -> NetworkPolicies.are(call.from(), pods))
                                .equals(ports),
                        "calls.yml does not let %s out to the API server, %s",
                        pods,
                        ports));
    }

    private static Set<Integer> apiServer(Predicate<Call> wanted) {
        return NetworkPolicies.calls().stream()
                .filter(call -> call.to().equals(NetworkPolicies.API_SERVER))
                .filter(wanted)
                .map(Call::port)
                .collect(toCollection(TreeSet::new));
    }
}
