// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Names of other objects, and selectors: each must lead to something. */
final class ReferenceChecks {

    private static final Set<String> CERTIFICATE = Set.of("ca.crt", "tls.crt");

    private ReferenceChecks() {}

    /** References to ConfigMaps, claims, accounts, Services and targets that are not there. */
    static List<String> objects(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            JsonNode owner = pods.owner();
            for (JsonNode volume : pods.spec().path("volumes")) {
                require(problems, manifests, owner, "ConfigMap", volume.at("/configMap/name"));
                require(
                        problems,
                        manifests,
                        owner,
                        "PersistentVolumeClaim",
                        volume.at("/persistentVolumeClaim/claimName"));
            }
            require(problems, manifests, owner, "ServiceAccount", owner.at("/spec/serviceAccount"));
            require(problems, manifests, owner, "Elasticsearch", owner.at("/spec/elasticsearchRef/name"));
            mounts(problems, pods);
        }
        for (JsonNode scaler : manifests.all("HorizontalPodAutoscaler")) {
            requireKind(problems, manifests, scaler, scaler.at("/spec/scaleTargetRef"));
        }
        for (JsonNode binding : manifests.all("RoleBinding")) {
            require(problems, manifests, binding, "Role", binding.at("/roleRef/name"));
            binding.path("subjects").forEach(subject -> requireKind(problems, manifests, binding, subject));
        }
        return problems;
    }

    /** Selectors that take no pods. */
    static List<String> selectors(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        List<Map<String, String>> pods = Selectors.allPods(manifests);
        for (JsonNode object : manifests.objects()) {
            String kind = object.path("kind").asText();
            JsonNode selector = object.at(kind.equals("NetworkPolicy") ? "/spec/podSelector" : "/spec/selector");
            boolean taken = kind.equals("Service")
                    ? pods.stream().anyMatch(labels -> Selectors.hasAll(Sources.fields(selector), labels))
                    : selector.isMissingNode() || pods.stream().anyMatch(labels -> Selectors.matches(selector, labels));
            if (!taken) {
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
            List<JsonNode> references = object.findValues("secretKeyRef");
            references.addAll(object.findValues("credentials"));
            for (JsonNode reference : references) {
                keys(secrets, reference.path("name")).add(reference.path("key").asText());
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
        for (JsonNode object : manifests.objects()) {
            String name = object.at("/metadata/name").asText();
            switch (object.path("kind").asText()) {
                case "KafkaUser" ->
                    secrets.put(
                            name,
                            object.at("/spec/authentication/type").asText().equals("tls")
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

    /** Files that variables and arguments name must lie in something that is mounted. */
    private static void mounts(List<String> problems, Pods pods) {
        Set<String> volumes = new TreeSet<>();
        pods.spec()
                .path("volumes")
                .forEach(volume -> volumes.add(volume.path("name").asText()));
        String claimed = pods.owner().findValues("volumeClaimTemplates").toString();
        for (JsonNode container : pods.containers()) {
            List<String> mounted = new ArrayList<>();
            for (JsonNode mount : container.path("volumeMounts")) {
                mounted.add(mount.path("mountPath").asText());
                String name = mount.path("name").asText();
                if (!volumes.contains(name) && !claimed.contains(name)) {
                    problems.add("%s: there is no volume %s".formatted(pods.name(), name));
                }
            }
            List<String> texts = new ArrayList<>(Pods.environment(container).values());
            texts.addAll(Sources.texts(pods.owner().at("/spec/job/args")));
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

    private static void requireKind(List<String> problems, Manifests manifests, JsonNode who, JsonNode reference) {
        require(problems, manifests, who, reference.path("kind").asText(), reference.path("name"));
    }

    private static void require(List<String> problems, Manifests manifests, JsonNode who, String kind, JsonNode name) {
        if (!name.isMissingNode() && manifests.find(kind, name.asText()).isEmpty()) {
            problems.add("%s: there is no %s %s".formatted(Manifests.nameOf(who), kind, name.asText()));
        }
    }
}
