// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static java.util.stream.Collectors.toCollection;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.kubernetes.NetworkPolicies.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The list of calls against what pods call and where they listen; {@link NetworkPoliciesTest} holds the policies to it. */
final class NetworkChecks {

    private static final Pattern CALL = Pattern.compile("(?<![\\w.-])([a-z][a-z0-9-]*):(\\d{2,5})(?!\\d)");

    private static final Set<Integer> API_SERVER = Set.of(443, 6443);

    private NetworkChecks() {}

    /** Ports of the list on which its pods do not listen. */
    static List<String> openings(Manifests manifests) {
        List<Map<String, String>> pods = Selectors.allPods(manifests);
        return NetworkPolicies.calls().stream()
                .filter(call -> pods.stream().anyMatch(labels -> NetworkPolicies.are(call.to(), labels)))
                .filter(call -> !PortChecks.of(manifests, NetworkPolicies.selector(call.to()))
                        .contains(call.port()))
                .map(call -> "calls.yml: %s does not listen on %d".formatted(call.to(), call.port()))
                .distinct()
                .toList();
    }

    /** What pods call, by their environment, arguments and mounted files, and may not. */
    static List<String> calls(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        Map<String, Targets> targets = Targets.byName(manifests);
        for (Pods pods : manifests.pods()) {
            for (String text : callsOf(manifests, pods)) {
                int port = Integer.parseInt(text.substring(text.indexOf(':') + 1));
                Targets target = targets.get(text.substring(0, text.indexOf(':')));
                if (target == null || !target.ports().contains(port)) {
                    problems.add(pods.name() + ": nobody listens on " + text);
                } else if (NetworkPolicies.calls().stream()
                        .noneMatch(call -> call.port() == port
                                && NetworkPolicies.are(call.from(), pods.labels())
                                && NetworkPolicies.are(call.to(), target.pods()))) {
                    problems.add("%s: calls.yml has no call to %s".formatted(pods.name(), text));
                } else if (!letsIn(manifests, target, pods.labels(), port)) {
                    problems.add("%s: Kafka's listener does not let it in to %s".formatted(pods.name(), text));
                }
            }
        }
        return problems;
    }

    /** Whom the API server must answer and who may not ask it: jobs, brokers and controllers, their operators. */
    static List<String> apiServer(Manifests manifests) {
        Set<Integer> ports = new TreeSet<>(API_SERVER);
        ports.addAll(apiServer(call -> true));
        return Stream.concat(
                        manifests.pods().stream().filter(Pods::isFlink).map(Pods::labels),
                        Selectors.strimziPods(manifests).stream())
                .filter(pods -> !apiServer(call -> NetworkPolicies.are(call.from(), pods))
                        .equals(ports))
                .map(pods -> "calls.yml does not let %s out to the API server, %s".formatted(pods, ports))
                .toList();
    }

    private static Set<Integer> apiServer(Predicate<Call> wanted) {
        return NetworkPolicies.calls().stream()
                .filter(call -> call.to().equals(NetworkPolicies.API_SERVER))
                .filter(wanted)
                .map(Call::port)
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> callsOf(Manifests manifests, Pods pods) {
        List<String> texts = new ArrayList<>();
        for (JsonNode container : pods.containers()) {
            texts.addAll(Pods.environment(container).values());
            texts.addAll(Sources.texts(container.path("args")));
        }
        texts.addAll(Sources.texts(pods.owner().at("/spec/job/args")));
        texts.addAll(Sources.texts(pods.owner().at("/spec/flinkConfiguration")));
        pods.files(manifests).forEach((name, text) -> texts.add(name.endsWith(".conf") ? text : ""));
        Set<String> calls = new TreeSet<>();
        texts.forEach(text -> CALL.matcher(text).results().forEach(call -> calls.add(call.group())));
        return calls;
    }

    /** Kafka's own policies are Strimzi's: a listener lets in whom it names. */
    private static boolean letsIn(Manifests manifests, Targets target, Map<String, String> from, int port) {
        return manifests.all("Kafka").stream()
                .filter(kafka -> Selectors.kafkaPods(kafka).equals(target.pods()))
                .flatMap(kafka -> Sources.items(kafka.at("/spec/kafka/listeners")))
                .filter(listener -> listener.path("port").asInt() == port)
                .allMatch(listener -> Sources.items(listener.path("networkPolicyPeers"))
                        .anyMatch(
                                peer -> peer.has("podSelector") && Selectors.matches(peer.path("podSelector"), from)));
    }
}
