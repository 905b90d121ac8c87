// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.texts;

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

    private static final JsonNode LIST = Sources.tree(Manifests.FOLDER.resolve("calls.yml"));
    private static final String BASE = "base";

    private NetworkPolicies() {}

    /** That pods may call a port of others; both have the names of the list. */
    record Call(String from, String to, int port) {}

    /** What may be called on some ports, and by whom. */
    private record Rule(String to, List<String> ports, Set<String> callers) {}

    /** The folders that have policies of their own. */
    static Stream<String> folders() {
        return LIST.path("calls").properties().stream().map(Map.Entry::getKey);
    }

    private static List<Rule> rules(String folder) {
        List<Rule> rules = new ArrayList<>();
        LIST.path("calls").path(folder).properties().forEach(target -> target.getValue()
                .properties()
                .forEach(it ->
                        rules.add(new Rule(target.getKey(), List.of(it.getKey().split(" ")), texts(it.getValue())))));
        return rules;
    }

    /** Every call of the list. */
    static List<Call> calls() {
        return folders().flatMap(NetworkPolicies::calls).toList();
    }

    private static Stream<Call> calls(String folder) {
        return rules(folder).stream().flatMap(rule -> rule.ports().stream().flatMap(port -> rule.callers().stream()
                .map(from -> new Call(from, rule.to(), Integer.parseInt(port)))));
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

    /** Whether the list has neither pods nor a namespace by that name. */
    private static boolean isAnywhere(String name) {
        JsonNode peer = LIST.path("peers").path(name);
        return peer.isObject() && peer.isEmpty();
    }

    /** The policies of a folder, as they are written in its {@code network-policies.yaml}. */
    static String text(String folder) {
        Map<String, String> ingress = new LinkedHashMap<>();
        Map<String, String> egress = new LinkedHashMap<>();
        for (Rule rule : rules(folder)) {
            String ports = "ports: [{port: %s}]\n".formatted(String.join("}, {port: ", rule.ports()));
            if (isHere(rule.to()) && !texts(LIST.path("lets-in-by-itself")).contains(rule.to())) {
                String from = rule.callers().stream().map(NetworkPolicies::peer).collect(Collectors.joining(", "));
                ingress.merge(rule.to(), "    - from: [%s]\n      %s".formatted(from, ports), String::concat);
            }
            String to = isAnywhere(rule.to()) ? "" : "to: [%s]\n      ".formatted(peer(rule.to()));
            rule.callers().stream()
                    .filter(NetworkPolicies::isHere)
                    .forEach(from -> egress.merge(from, "    - " + to + ports, String::concat));
        }
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

    /** Policies of the same pods add up; base's have their plain name. */
    private static String policy(String folder, String name) {
        boolean taken =
                calls(BASE).anyMatch(it -> it.from().equals(name) || it.to().equals(name));
        return folder.equals(BASE) || !taken ? name : name + folder.replaceFirst(".*/", "-");
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
