// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.fields;
import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.facts.Findings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names of other objects, and selectors: each must lead to something. */
final class ReferenceChecks {

    private static final Set<String> CERTIFICATE = Set.of("ca.crt", "tls.crt");

    /** By the pointer to a name the kind of the object that it names; of every object, and of a volume of pods. */
    private static final Map<String, String> NAMES = Map.of(
            "/spec/serviceAccount", "ServiceAccount",
            "/spec/elasticsearchRef/name", "Elasticsearch",
            "/roleRef/name", "Role",
            "/configMap/name", "ConfigMap",
            "/persistentVolumeClaim/claimName", "PersistentVolumeClaim");

    private ReferenceChecks() {}

    /** References to ConfigMaps, claims, accounts, Services and targets that are not there. */
    static void objects(Manifests manifests, Findings found) {
        for (JsonNode object : manifests.objects()) {
            String name = Manifests.nameOf(object);
            Stream<JsonNode> holders = Stream.concat(
                    Stream.of(object), Pods.of((ObjectNode) object).flatMap(it -> items(it.spec(), "/volumes")));
            holders.forEach(holder -> NAMES.forEach((pointer, kind) -> {
                if (!holder.at(pointer).isMissingNode()) {
                    require(manifests, found, name, kind, text(holder, pointer));
                }
            }));
            Stream.concat(Stream.of(object.at("/spec/scaleTargetRef")), items(object, "/subjects"))
                    .filter(JsonNode::isObject)
                    .forEach(it -> require(manifests, found, name, text(it, "/kind"), text(it, "/name")));
        }
        manifests.pods().forEach(pods -> mounts(pods, found));
    }

    private static void require(Manifests manifests, Findings found, String who, String kind, String name) {
        found.unless(manifests.find(kind, name).isPresent(), "%s: there is no %s %s", who, kind, name);
    }

    /** Files that variables and arguments name must lie in something that is mounted. */
    private static void mounts(Pods pods, Findings found) {
        Set<String> volumes =
                items(pods.spec(), "/volumes").map(it -> text(it, "/name")).collect(Collectors.toSet());
        String claimed = pods.owner().findValues("volumeClaimTemplates").toString();
        for (JsonNode container : pods.containers()) {
            List<String> mounted = items(container, "/volumeMounts")
                    .map(it -> text(it, "/mountPath"))
                    .toList();
            items(container, "/volumeMounts").map(it -> text(it, "/name")).forEach(it -> {
                boolean there = volumes.contains(it) || claimed.contains(it);
                found.unless(there, "%s: there is no volume %s", pods.name(), it);
            });
            for (String text : pods.told(container)) {
                int at = text.indexOf("/etc/streampane/");
                boolean there = at < 0 || mounted.stream().anyMatch(it -> text.startsWith(it, at));
                found.unless(there, "%s: nothing is mounted at %s", pods.name(), text);
            }
        }
    }

    /** Selectors that take no pods. */
    static void selectors(Manifests manifests, Findings found) {
        List<Map<String, String>> pods = Pods.all(manifests);
        for (JsonNode object : manifests.objects()) {
            String kind = text(object, "/kind");
            JsonNode selector = object.at(kind.equals("NetworkPolicy") ? "/spec/podSelector" : "/spec/selector");
            boolean taken = selector.isMissingNode()
                    || pods.stream()
                            .anyMatch(it -> kind.equals("Service")
                                    ? Pods.hasAll(fields(selector), it)
                                    : Pods.matches(selector, it));
            found.unless(taken, "%s: no pods have %s", Manifests.nameOf(object), selector);
        }
        for (Pods own : manifests.pods()) {
            Stream.concat(
                            items(own.spec(), "/topologySpreadConstraints").map(it -> it.path("labelSelector")),
                            Stream.of(own.owner().at("/spec/selector")))
                    .forEach(it ->
                            found.unless(Pods.matches(it, own.labels()), "%s: its pods have not %s", own.name(), it));
        }
    }

    /** Every Secret that is named, with the keys that are read of it. */
    static Map<String, Set<String>> secrets(Manifests manifests) {
        Map<String, Set<String>> secrets = new TreeMap<>();
        for (JsonNode object : manifests.objects()) {
            Stream.of("secretKeyRef", "credentials")
                    .flatMap(it -> object.findValues(it).stream())
                    .forEach(it -> keys(secrets, text(it, "/name")).add(text(it, "/key")));
            for (JsonNode volume : object.findValues("secret")) {
                Set<String> keys = keys(secrets, text(volume, "/secretName"));
                items(volume, "/items").forEach(it -> keys.add(text(it, "/key")));
            }
            items(object, "/spec/tls")
                    .forEach(it -> keys(secrets, text(it, "/secretName")).addAll(Set.of("tls.crt", "tls.key")));
        }
        return secrets;
    }

    private static Set<String> keys(Map<String, Set<String>> secrets, String name) {
        return secrets.computeIfAbsent(name, any -> new TreeSet<>());
    }

    /** Secrets that the operators make, with their keys. */
    static Map<String, Set<String>> secretsOfOperators(Manifests manifests) {
        Map<String, Set<String>> secrets = new TreeMap<>();
        for (JsonNode object : manifests.objects()) {
            String name = Manifests.plain(object);
            switch (text(object, "/kind")) {
                case "KafkaUser" ->
                    secrets.put(
                            name,
                            text(object, "/spec/authentication/type").equals("tls")
                                    ? Set.of("ca.crt", "user.crt", "user.key", "user.p12", "user.password")
                                    : Set.of("password", "sasl.jaas.config"));
                case "Kafka" -> secrets.put(name + "-cluster-ca-cert", Set.of("ca.crt", "ca.p12", "ca.password"));
                case "Elasticsearch" -> {
                    secrets.put(name + "-es-http-certs-public", CERTIFICATE);
                    secrets.put(name + "-es-elastic-user", Set.of("elastic"));
                }
                case "Kibana" -> secrets.put(name + "-kb-http-certs-public", CERTIFICATE);
                default -> {}
            }
        }
        return secrets;
    }
}
