// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Network policies: nothing is open by default, each opening leads to a port that is there, and all that pods call is open. */
final class NetworkChecks {

    private static final Pattern CALL = Pattern.compile("(?<![\\w.-])([a-z][a-z0-9-]*):(\\d{2,5})(?!\\d)");

    private static final Set<Integer> API_SERVER = Set.of(443, 6443);

    private NetworkChecks() {}

    /** A policy that denies all is there, and what the others open exists. */
    static List<String> openings(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        if (manifests.all("NetworkPolicy").stream().noneMatch(NetworkChecks::deniesAll)) {
            problems.add("no NetworkPolicy denies by default");
        }
        for (JsonNode policy : manifests.all("NetworkPolicy")) {
            JsonNode own = policy.at("/spec/podSelector");
            for (JsonNode rule : policy.at("/spec/ingress")) {
                check(problems, manifests, policy, own, rule);
                peers(problems, manifests, policy, rule.path("from"));
                if (rule.path("from").isEmpty()) {
                    problems.add(Manifests.nameOf(policy) + ": lets everybody in");
                }
            }
            for (JsonNode rule : policy.at("/spec/egress")) {
                for (JsonNode peer : rule.path("to")) {
                    if (isHere(peer)) {
                        check(problems, manifests, policy, peer.path("podSelector"), rule);
                    }
                }
                peers(problems, manifests, policy, rule.path("to"));
                if (rule.path("ports").isEmpty()) {
                    problems.add(Manifests.nameOf(policy) + ": opens all ports");
                }
            }
        }
        return problems;
    }

    /** What pods call, by their environment, arguments and mounted files, and may not. */
    static List<String> calls(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        Map<String, Targets> targets = Targets.byName(manifests);
        for (Pods pods : manifests.pods()) {
            for (String call : new HashSet<>(callsOf(manifests, pods))) {
                String host = call.substring(0, call.indexOf(':'));
                int port = Integer.parseInt(call.substring(call.indexOf(':') + 1));
                Targets target = targets.get(host);
                if (target == null || !target.ports().contains(port)) {
                    problems.add(pods.name() + ": nobody listens on " + call);
                } else if (!opens(manifests, "egress", "to", pods.labels(), target.pods(), port)) {
                    problems.add("%s: no policy lets it out to %s".formatted(pods.name(), call));
                } else if (!letsIn(manifests, target, pods.labels(), port)) {
                    problems.add("%s: no policy lets it in to %s".formatted(pods.name(), call));
                }
            }
        }
        return problems;
    }

    /**
     * Whom the API server must answer, and who may not ask it. Brokers and controllers read their keys and whom they trust
     * from Secrets ({@code config.providers.strimzisecrets.class=io.strimzi.kafka.KubernetesSecretConfigProvider}):
     * strimzi/strimzi-kafka-operator 0.51.0 and 1.2.0,
     * {@code cluster-operator/…/cluster/model/KafkaBrokerConfigurationBuilder.java}.
     */
    static List<String> apiServer(Manifests manifests) {
        Map<Map<String, String>, Set<Integer>> open = new LinkedHashMap<>();
        manifests.pods().stream()
                .filter(Pods::isFlink)
                .forEach(pods -> open.put(pods.labels(), openToAll(manifests, pods.labels())));
        Selectors.strimziPods(manifests).forEach(pods -> open.put(pods, openToAll(manifests, pods)));
        Set<Integer> ports = new TreeSet<>(API_SERVER);
        open.values().forEach(ports::addAll);
        return open.entrySet().stream()
                .filter(pods -> !pods.getValue().equals(ports))
                .map(pods -> "no policy lets %s out to the API server, %s".formatted(pods.getKey(), ports))
                .toList();
    }

    /** Ports of whatever has no pods to name. */
    private static Set<Integer> openToAll(Manifests manifests, Map<String, String> pods) {
        Set<Integer> ports = new TreeSet<>();
        for (JsonNode policy : manifests.all("NetworkPolicy")) {
            if (Selectors.matches(policy.at("/spec/podSelector"), pods)) {
                for (JsonNode rule : policy.at("/spec/egress")) {
                    if (rule.path("to").isEmpty()) {
                        ports.addAll(portsOf(rule));
                    }
                }
            }
        }
        return ports;
    }

    private static List<String> callsOf(Manifests manifests, Pods pods) {
        List<String> texts = new ArrayList<>();
        for (JsonNode container : pods.containers()) {
            texts.addAll(Pods.environment(container).values());
            container.path("args").forEach(argument -> texts.add(argument.asText()));
        }
        pods.owner().at("/spec/job/args").forEach(argument -> texts.add(argument.asText()));
        pods.owner().at("/spec/flinkConfiguration").forEach(value -> texts.add(value.asText()));
        for (JsonNode volume : pods.spec().path("volumes")) {
            manifests
                    .find("ConfigMap", volume.at("/configMap/name").asText())
                    .filter(map -> map.path("data").has("telegraf.conf"))
                    .ifPresent(map -> map.path("data").forEach(file -> texts.add(file.asText())));
        }
        List<String> calls = new ArrayList<>();
        for (String text : texts) {
            Matcher call = CALL.matcher(text);
            while (call.find()) {
                calls.add(call.group(1) + ":" + call.group(2));
            }
        }
        return calls;
    }

    /** Kafka's own policies are Strimzi's: a listener lets in whom it names. */
    private static boolean letsIn(Manifests manifests, Targets target, Map<String, String> from, int port) {
        for (JsonNode kafka : manifests.all("Kafka")) {
            if (Selectors.kafkaPods(kafka).equals(target.pods())) {
                for (JsonNode listener : kafka.at("/spec/kafka/listeners")) {
                    if (listener.path("port").asInt() == port) {
                        for (JsonNode peer : listener.path("networkPolicyPeers")) {
                            if (peer.has("podSelector") && Selectors.matches(peer.path("podSelector"), from)) {
                                return true;
                            }
                        }
                    }
                }
                return false;
            }
        }
        return opens(manifests, "ingress", "from", target.pods(), from, port);
    }

    private static boolean opens(
            Manifests manifests,
            String direction,
            String peers,
            Map<String, String> own,
            Map<String, String> other,
            int port) {
        for (JsonNode policy : manifests.all("NetworkPolicy")) {
            if (Selectors.matches(policy.at("/spec/podSelector"), own)) {
                for (JsonNode rule : policy.path("spec").path(direction)) {
                    if (portsOf(rule).contains(port)) {
                        for (JsonNode peer : rule.path(peers)) {
                            if (isHere(peer) && Selectors.matches(peer.path("podSelector"), other)) {
                                return true;
                            }
                        }
                    }
                }
            }
        }
        return false;
    }

    private static void check(
            List<String> problems, Manifests manifests, JsonNode policy, JsonNode selector, JsonNode rule) {
        Set<Integer> there = PortChecks.of(manifests, selector);
        for (int port : portsOf(rule)) {
            if (!there.contains(port)) {
                problems.add("%s: opens port %d, of %s the ports are %s"
                        .formatted(Manifests.nameOf(policy), port, selector, there));
            }
        }
    }

    private static void peers(List<String> problems, Manifests manifests, JsonNode policy, JsonNode peers) {
        for (JsonNode peer : peers) {
            if (isHere(peer)
                    && Selectors.allPods(manifests).stream()
                            .noneMatch(labels -> Selectors.matches(peer.path("podSelector"), labels))) {
                problems.add("%s: there are no pods %s".formatted(Manifests.nameOf(policy), peer.path("podSelector")));
            }
        }
    }

    private static Set<Integer> portsOf(JsonNode rule) {
        Set<Integer> ports = new HashSet<>();
        rule.path("ports").forEach(port -> ports.add(port.path("port").asInt()));
        return ports;
    }

    /** Pods of this namespace. */
    private static boolean isHere(JsonNode peer) {
        return peer.has("podSelector") && !peer.has("namespaceSelector");
    }

    private static boolean deniesAll(JsonNode policy) {
        JsonNode spec = policy.path("spec");
        return spec.path("podSelector").isEmpty()
                && spec.path("policyTypes").size() == 2
                && spec.path("ingress").isMissingNode()
                && spec.path("egress").isMissingNode();
    }
}
