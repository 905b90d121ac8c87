// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Names of other objects, and selectors: each must lead to something. */
final class ReferenceChecks {

    private ReferenceChecks() {}

    /** References to ConfigMaps, claims, accounts, Services and targets that are not there. */
    static List<String> objects(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            for (JsonNode volume : pods.spec().path("volumes")) {
                require(problems, manifests, pods.name(), "ConfigMap", volume.at("/configMap/name"));
                require(
                        problems,
                        manifests,
                        pods.name(),
                        "PersistentVolumeClaim",
                        volume.at("/persistentVolumeClaim/claimName"));
            }
            require(
                    problems,
                    manifests,
                    pods.name(),
                    "ServiceAccount",
                    pods.owner().at("/spec/serviceAccount"));
            mounts(problems, pods);
        }
        for (JsonNode scaler : manifests.all("HorizontalPodAutoscaler")) {
            JsonNode target = scaler.at("/spec/scaleTargetRef");
            require(
                    problems,
                    manifests,
                    Manifests.nameOf(scaler),
                    target.path("kind").asText(),
                    target.path("name"));
        }
        for (JsonNode binding : manifests.all("RoleBinding")) {
            require(problems, manifests, Manifests.nameOf(binding), "Role", binding.at("/roleRef/name"));
            for (JsonNode subject : binding.path("subjects")) {
                require(
                        problems,
                        manifests,
                        Manifests.nameOf(binding),
                        subject.path("kind").asText(),
                        subject.path("name"));
            }
        }
        return problems;
    }

    /** Selectors that take no pods. */
    static List<String> selectors(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        List<Map<String, String>> pods = Selectors.allPods(manifests);
        for (JsonNode object : manifests.objects()) {
            String kind = object.path("kind").asText();
            JsonNode selector =
                    kind.equals("NetworkPolicy") ? object.at("/spec/podSelector") : object.at("/spec/selector");
            if (kind.equals("Service")) {
                Map<String, String> wanted = Selectors.labelsOf(selector);
                if (pods.stream().noneMatch(labels -> Selectors.hasAll(wanted, labels))) {
                    problems.add(Manifests.nameOf(object) + ": no pods have " + wanted);
                }
            } else if (!selector.isMissingNode()
                    && pods.stream().noneMatch(labels -> Selectors.matches(selector, labels))) {
                problems.add(Manifests.nameOf(object) + ": no pods have " + selector);
            }
        }
        for (Pods own : manifests.pods()) {
            for (JsonNode spread : own.spec().path("topologySpreadConstraints")) {
                if (!Selectors.matches(spread.path("labelSelector"), own.labels())) {
                    problems.add(own.name() + ": spreads others, " + spread.path("labelSelector"));
                }
            }
            JsonNode selector = own.owner().at("/spec/selector");
            if (!selector.isMissingNode() && !Selectors.matches(selector, own.labels())) {
                problems.add(own.name() + ": its pods have not " + selector);
            }
        }
        return problems;
    }

    /** Every Secret that is named, with the keys that are read of it. */
    static Map<String, Set<String>> secrets(Manifests manifests) {
        Map<String, Set<String>> secrets = new TreeMap<>();
        for (JsonNode object : manifests.objects()) {
            for (JsonNode reference : object.findValues("secretKeyRef")) {
                keys(secrets, reference.path("name")).add(reference.path("key").asText());
            }
            for (JsonNode credentials : object.findValues("credentials")) {
                keys(secrets, credentials.path("name"))
                        .add(credentials.path("key").asText());
            }
            for (JsonNode volume : object.findValues("secret")) {
                Set<String> keys = keys(secrets, volume.path("secretName"));
                volume.path("items").forEach(item -> keys.add(item.path("key").asText()));
            }
            for (JsonNode tls : object.at("/spec/tls")) {
                keys(secrets, tls.path("secretName")).addAll(Set.of("tls.crt", "tls.key"));
            }
        }
        return secrets;
    }

    /** Secrets that the operators make, with their keys. */
    static Map<String, Set<String>> secretsOfOperators(Manifests manifests) {
        Map<String, Set<String>> secrets = new TreeMap<>();
        for (JsonNode user : manifests.all("KafkaUser")) {
            secrets.put(
                    user.at("/metadata/name").asText(),
                    user.at("/spec/authentication/type").asText().equals("tls")
                            ? Set.of("ca.crt", "user.crt", "user.key", "user.p12", "user.password")
                            : Set.of("password", "sasl.jaas.config"));
        }
        for (JsonNode kafka : manifests.all("Kafka")) {
            secrets.put(
                    kafka.at("/metadata/name").asText() + "-cluster-ca-cert",
                    Set.of("ca.crt", "ca.p12", "ca.password"));
        }
        for (JsonNode elasticsearch : manifests.all("Elasticsearch")) {
            String name = elasticsearch.at("/metadata/name").asText();
            secrets.put(name + "-es-http-certs-public", Set.of("ca.crt", "tls.crt"));
            secrets.put(name + "-es-elastic-user", Set.of("elastic"));
        }
        return secrets;
    }

    /** Files that variables and arguments name must lie in something that is mounted. */
    private static void mounts(List<String> problems, Pods pods) {
        Set<String> volumes = new TreeSet<>();
        pods.spec()
                .path("volumes")
                .forEach(volume -> volumes.add(volume.path("name").asText()));
        for (JsonNode container : pods.containers()) {
            List<String> mounted = new ArrayList<>();
            for (JsonNode mount : container.path("volumeMounts")) {
                mounted.add(mount.path("mountPath").asText());
                String name = mount.path("name").asText();
                boolean claimed = pods.owner()
                        .findValues("volumeClaimTemplates")
                        .toString()
                        .contains(name);
                if (!volumes.contains(name) && !claimed) {
                    problems.add("%s: there is no volume %s".formatted(pods.name(), name));
                }
            }
            List<String> texts = new ArrayList<>(Pods.environment(container).values());
            pods.owner().at("/spec/job/args").forEach(argument -> texts.add(argument.asText()));
            for (String text : texts) {
                int at = text.indexOf("/etc/streampane/");
                if (at >= 0 && mounted.stream().noneMatch(path -> text.startsWith(path, at))) {
                    problems.add("%s: nothing is mounted at %s".formatted(pods.name(), text));
                }
            }
        }
    }

    private static Set<String> keys(Map<String, Set<String>> secrets, JsonNode name) {
        return secrets.computeIfAbsent(name.asText(), any -> new TreeSet<>());
    }

    private static void require(List<String> problems, Manifests manifests, String who, String kind, JsonNode name) {
        if (!name.isMissingNode() && manifests.find(kind, name.asText()).isEmpty()) {
            problems.add("%s: there is no %s %s".formatted(who, kind, name.asText()));
        }
    }
}
