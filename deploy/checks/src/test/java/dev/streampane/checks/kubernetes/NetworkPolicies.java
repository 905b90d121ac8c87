// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.streampane.checks.facts.Sources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who calls whom, by {@code deploy/kubernetes/calls.yml}, and the network policies that are made of it. */
final class NetworkPolicies {

    static final String API_SERVER = "api-server";

    private static final JsonNode LIST = Sources.tree(Manifests.FOLDER.resolve("calls.yml"));
    private static final String BASE = "base";

    private NetworkPolicies() {}

    /** That pods may call a port of others; both have the names of the list. */
    record Call(String from, String to, int port) {}

    /** The folders that have policies of their own. */
    static Stream<String> folders() {
        return LIST.path("calls").properties().stream().map(Map.Entry::getKey);
    }

    /** Every call of the list. */
    static List<Call> calls() {
        return folders().flatMap(folder -> rules(folder).stream()).toList();
    }

    /** The labels by which pods of this namespace are selected; nothing of whoever is elsewhere. */
    static JsonNode selector(String name) {
        JsonNode peer = LIST.path("peers").path(name);
        return peer.isMissingNode()
                ? Sources.tree("{matchLabels: {app.kubernetes.io/name: %s}}".formatted(name))
                : peer.has("namespaceSelector") ? MissingNode.getInstance() : peer.path("podSelector");
    }

    /** Whether the list has pods of this namespace by that name. */
    static boolean isHere(String name) {
        return selector(name).isObject();
    }

    /** Whether pods with these labels are those of that name. */
    static boolean are(String name, Map<String, String> labels) {
        return isHere(name) && Pods.matches(selector(name), labels);
    }

    /** The policies of a folder, as they are written in its {@code network-policies.yaml}. */
    static String text(String folder) {
        Map<String, StringBuilder> ingress = new LinkedHashMap<>();
        Map<String, StringBuilder> egress = new LinkedHashMap<>();
        Set<String> byItself = Sources.texts(LIST.path("lets-in-by-itself"));
        LIST.path("calls").path(folder).properties().forEach(target -> {
            String to = target.getKey();
            target.getValue().properties().forEach(rule -> {
                List<String> callers = List.copyOf(Sources.texts(rule.getValue()));
                String ports = Stream.of(rule.getKey().split(" "))
                        .map("{port: %s}"::formatted)
                        .collect(Collectors.joining(", ", "ports: [", "]\n"));
                if (isHere(to) && !byItself.contains(to)) {
                    String from = callers.stream().map(NetworkPolicies::peer).collect(Collectors.joining(", "));
                    add(ingress, to, "    - from: [%s]\n      %s".formatted(from, ports));
                }
                String out = to.equals(API_SERVER) ? "" : "to: [%s]\n      ".formatted(peer(to));
                callers.stream()
                        .filter(NetworkPolicies::isHere)
                        .forEach(from -> add(egress, from, "    - " + out + ports));
            });
        });
        Set<String> names = new LinkedHashSet<>(ingress.keySet());
        names.addAll(egress.keySet());
        StringBuilder text = new StringBuilder("# Made of deploy/kubernetes/calls.yml, which says how.\n");
        for (String name : names) {
            text.append("""
                    ---
                    apiVersion: networking.k8s.io/v1
                    kind: NetworkPolicy
                    metadata:
                      name: %s
                    spec:
                      podSelector: %s
                      policyTypes: [Ingress, Egress]
                    """.formatted(policy(folder, name), flow(selector(name))));
            text.append(ingress.containsKey(name) ? "  ingress:\n" + ingress.get(name) : "");
            text.append(egress.containsKey(name) ? "  egress:\n" + egress.get(name) : "");
        }
        return text.toString();
    }

    private static void add(Map<String, StringBuilder> rules, String name, String rule) {
        rules.computeIfAbsent(name, any -> new StringBuilder()).append(rule);
    }

    /** Policies of the same pods add up; base's have their plain name. */
    private static String policy(String folder, String name) {
        boolean taken = rules(BASE).stream()
                .anyMatch(call -> call.from().equals(name) || call.to().equals(name));
        return folder.equals(BASE) || !taken
                ? name
                : name + folder.substring(folder.lastIndexOf('/')).replace('/', '-');
    }

    private static List<Call> rules(String folder) {
        List<Call> calls = new ArrayList<>();
        LIST.path("calls").path(folder).properties().forEach(target -> target.getValue()
                .properties()
                .forEach(rule -> {
                    for (String port : rule.getKey().split(" ")) {
                        Sources.texts(rule.getValue())
                                .forEach(from -> calls.add(new Call(from, target.getKey(), Integer.parseInt(port))));
                    }
                }));
        return calls;
    }

    private static String peer(String name) {
        JsonNode listed = LIST.path("peers").path(name);
        return flow(
                listed.isObject()
                        ? listed
                        : JsonNodeFactory.instance.objectNode().set("podSelector", selector(name)));
    }

    /** Names and labels need no quotes. */
    private static String flow(JsonNode node) {
        return node.toString().replace("\"", "").replace(":", ": ").replace(",", ", ");
    }
}
