// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.facts.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Kafka's objects against {@code deploy/topics.yml} and {@code deploy/acls.yml}. */
final class KafkaChecks {

    private static final String ACLS = "deploy/acls.yml";
    private static final String CLUSTER = "strimzi.io/cluster";
    private static final Set<String> LOOKING = Set.of("Read", "Describe", "DescribeConfigs");

    /**
     * The group that may write to volumes. Strimzi's image runs as 1001 of group 0, and a context of ours takes the place of
     * Strimzi's whole: strimzi/strimzi-kafka-operator 0.51.0 and 1.2.0,
     * {@code api/src/main/java/io/strimzi/plugin/security/profiles/impl/BaselinePodSecurityProvider.java}.
     */
    private static final int VOLUME_GROUP = 0;

    private KafkaChecks() {}

    /** Topics that are not those of the catalogue, with the same partitions and settings. */
    static List<String> topics(Manifests manifests) {
        Map<String, String> wanted = new TreeMap<>();
        Topics.all()
                .forEach(topic -> wanted.put(topic.name(), topic.partitions() + " " + new TreeMap<>(topic.config())));
        Map<String, String> found = new TreeMap<>();
        for (JsonNode topic : manifests.all("KafkaTopic")) {
            found.put(
                    nameOf(topic),
                    topic.at("/spec/partitions").asInt() + " " + Sources.fields(topic.at("/spec/config")));
        }
        return differences("KafkaTopic", wanted, found, "deploy/topics.yml");
    }

    /** Users whose ACLs are not those of the list; users that are not in it may only look. */
    static List<String> users(Manifests manifests) {
        Map<String, String> wanted = new TreeMap<>();
        Sources.tree(Sources.text(ACLS))
                .path("principals")
                .forEach(principal -> wanted.put(principal.path("name").asText(), rulesOf(principal.path("acls"))));
        List<String> problems = new ArrayList<>();
        Map<String, String> found = new TreeMap<>();
        for (JsonNode user : manifests.all("KafkaUser")) {
            if (wanted.containsKey(nameOf(user))) {
                found.put(nameOf(user), rulesOf(user.at("/spec/authorization/acls")));
            } else {
                user.findValues("operations").stream()
                        .flatMap(operations -> Sources.texts(operations).stream())
                        .filter(operation -> !LOOKING.contains(operation))
                        .forEach(operation -> problems.add(
                                "%s is not in %s and may %s".formatted(Manifests.nameOf(user), ACLS, operation)));
            }
        }
        wanted.keySet()
                .removeIf(name -> !found.containsKey(name)
                        && manifests.pods().stream()
                                .noneMatch(pods -> pods.service().equals(name)));
        problems.addAll(differences("KafkaUser", wanted, found, ACLS));
        return problems;
    }

    /** ACLs of topics that do not exist. */
    static List<String> aclTopics(Manifests manifests) {
        return manifests.all("KafkaUser").stream()
                .flatMap(user -> user.findValues("resource").stream()
                        .filter(resource -> resource.path("type").asText().equals("topic"))
                        .map(resource -> resource.path("name").asText())
                        .filter(name -> !name.equals("*") && !Topics.names().contains(name))
                        .map(name -> "%s: there is no topic %s".formatted(Manifests.nameOf(user), name)))
                .toList();
    }

    /** What does not belong to the cluster, and replicas for which there are too few brokers. */
    static List<String> cluster(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        Stream.of("KafkaNodePool", "KafkaTopic", "KafkaUser")
                .flatMap(kind -> manifests.all(kind).stream())
                .forEach(object -> {
                    String cluster = object.at("/metadata/labels").path(CLUSTER).asText();
                    if (manifests.find("Kafka", cluster).isEmpty()) {
                        problems.add("%s: there is no Kafka '%s'".formatted(Manifests.nameOf(object), cluster));
                    }
                });
        int brokers = manifests.all("KafkaNodePool").stream()
                .filter(pool -> Sources.texts(pool.at("/spec/roles")).contains("broker"))
                .mapToInt(pool -> pool.at("/spec/replicas").asInt())
                .sum();
        for (JsonNode topic : manifests.all("KafkaTopic")) {
            int replicas = topic.at("/spec/replicas").asInt();
            if (replicas > brokers || replicas < Math.min(brokers, 3)) {
                problems.add("%s: %d replicas on %d brokers".formatted(Manifests.nameOf(topic), replicas, brokers));
            }
        }
        Map.of("Kafka", "/spec/kafka", "KafkaNodePool", "/spec")
                .forEach((kind, spec) -> manifests.all(kind).forEach(object -> {
                    JsonNode context = object.at(spec + "/template/pod/securityContext");
                    if (context.isObject() && context.path("fsGroup").asInt(-1) != VOLUME_GROUP) {
                        problems.add("%s: its pods' securityContext is without fsGroup: %d"
                                .formatted(Manifests.nameOf(object), VOLUME_GROUP));
                    }
                }));
        for (JsonNode kafka : manifests.all("Kafka")) {
            String version = kafka.at("/spec/kafka/version").asText();
            if (!Sources.text("pom.xml").contains("<kafka.version>" + version + "</kafka.version>")) {
                problems.add("Kafka %s is not the version that the tests run".formatted(version));
            }
            int inSync = kafka.at("/spec/kafka/config/min.insync.replicas").asInt();
            if (inSync != Math.max(1, Math.min(brokers, 3) - 1)) {
                problems.add("min.insync.replicas %d on %d brokers".formatted(inSync, brokers));
            }
        }
        return problems;
    }

    private static String nameOf(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    private static String rulesOf(JsonNode acls) {
        return Sources.items(acls)
                .map(KafkaChecks::ruleOf)
                .collect(Collectors.toCollection(TreeSet::new))
                .toString();
    }

    /** Strimzi's rules have an object in the place of the resource's type. */
    private static String ruleOf(JsonNode acl) {
        boolean strimzi = acl.path("resource").isObject();
        JsonNode resource = strimzi ? acl.path("resource") : acl;
        return "%s %s %s %s"
                .formatted(
                        resource.path(strimzi ? "type" : "resource").asText(),
                        resource.path("name").asText("-"),
                        resource.path(strimzi ? "patternType" : "pattern").asText("literal"),
                        new TreeSet<>(Sources.texts(acl.path("operations"))));
    }

    private static List<String> differences(
            String kind, Map<String, String> wanted, Map<String, String> found, String source) {
        Set<String> names = new TreeSet<>(wanted.keySet());
        names.addAll(found.keySet());
        names.removeIf(name -> wanted.getOrDefault(name, "").equals(found.get(name)));
        return names.stream()
                .map(name -> wanted.containsKey(name)
                        ? "%s %s is %s, in %s %s"
                                .formatted(kind, name, found.getOrDefault(name, "not there"), source, wanted.get(name))
                        : "%s %s is not in %s".formatted(kind, name, source))
                .toList();
    }
}
