// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Topics;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Kafka's objects against {@code deploy/topics.yml} and {@code deploy/acls.yml}. */
final class KafkaChecks {

    private static final Path POM = Checkout.root().resolve("pom.xml");
    private static final Path ACLS = Checkout.root().resolve("deploy/acls.yml");
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
        for (TopicCatalogue.Topic topic : Topics.all()) {
            wanted.put(topic.name(), topic.partitions() + " " + new TreeMap<>(topic.config()));
        }
        Map<String, String> found = new TreeMap<>();
        for (JsonNode topic : manifests.all("KafkaTopic")) {
            found.put(
                    topic.at("/metadata/name").asText(),
                    topic.at("/spec/partitions").asInt() + " " + Selectors.labelsOf(topic.at("/spec/config")));
        }
        return differences("KafkaTopic", wanted, found, "deploy/topics.yml");
    }

    /** Users whose ACLs are not those of the list; users that are not in it may only look. */
    static List<String> users(Manifests manifests) {
        Map<String, String> wanted = new TreeMap<>();
        for (JsonNode principal : acls()) {
            Set<String> rules = new TreeSet<>();
            principal.path("acls").forEach(acl -> rules.add(ruleOf(acl)));
            wanted.put(principal.path("name").asText(), rules.toString());
        }
        List<String> problems = new ArrayList<>();
        Map<String, String> found = new TreeMap<>();
        for (JsonNode user : manifests.all("KafkaUser")) {
            String name = user.at("/metadata/name").asText();
            Set<String> rules = new TreeSet<>();
            for (JsonNode acl : user.at("/spec/authorization/acls")) {
                rules.add(ruleOf(acl));
                if (!wanted.containsKey(name)) {
                    acl.path("operations").forEach(operation -> {
                        if (!LOOKING.contains(operation.asText())) {
                            problems.add("KafkaUser %s is not in deploy/acls.yml and may %s"
                                    .formatted(name, operation.asText()));
                        }
                    });
                }
            }
            if (wanted.containsKey(name)) {
                found.put(name, rules.toString());
            }
        }
        wanted.keySet().removeIf(name -> !found.containsKey(name) && !isUsed(manifests, name));
        problems.addAll(differences("KafkaUser", wanted, found, "deploy/acls.yml"));
        return problems;
    }

    /** ACLs of topics that do not exist. */
    static List<String> aclTopics(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode user : manifests.all("KafkaUser")) {
            for (JsonNode acl : user.at("/spec/authorization/acls")) {
                JsonNode resource = acl.path("resource");
                String name = resource.path("name").asText();
                if (resource.path("type").asText().equals("topic")
                        && !name.equals("*")
                        && !Topics.names().contains(name)) {
                    problems.add("%s: there is no topic %s".formatted(Manifests.nameOf(user), name));
                }
            }
        }
        return problems;
    }

    /** What does not belong to the cluster, and replicas for which there are too few brokers. */
    static List<String> cluster(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (String kind : List.of("KafkaNodePool", "KafkaTopic", "KafkaUser")) {
            for (JsonNode object : manifests.all(kind)) {
                String cluster = object.at("/metadata/labels").path(CLUSTER).asText();
                if (manifests.find("Kafka", cluster).isEmpty()) {
                    problems.add("%s: there is no Kafka '%s'".formatted(Manifests.nameOf(object), cluster));
                }
            }
        }
        int brokers = manifests.all("KafkaNodePool").stream()
                .filter(pool -> pool.at("/spec/roles").toString().contains("broker"))
                .mapToInt(pool -> pool.at("/spec/replicas").asInt())
                .sum();
        for (JsonNode topic : manifests.all("KafkaTopic")) {
            int replicas = topic.at("/spec/replicas").asInt();
            if (replicas > brokers || replicas < Math.min(brokers, 3)) {
                problems.add("%s: %d replicas on %d brokers".formatted(Manifests.nameOf(topic), replicas, brokers));
            }
        }
        for (String kind : List.of("Kafka", "KafkaNodePool")) {
            for (JsonNode object : manifests.all(kind)) {
                String template = kind.equals("Kafka") ? "/spec/kafka/template" : "/spec/template";
                JsonNode context = object.at(template + "/pod/securityContext");
                if (context.isObject() && context.path("fsGroup").asInt(-1) != VOLUME_GROUP) {
                    problems.add("%s: its pods' securityContext is without fsGroup: %d"
                            .formatted(Manifests.nameOf(object), VOLUME_GROUP));
                }
            }
        }
        for (JsonNode kafka : manifests.all("Kafka")) {
            String version = kafka.at("/spec/kafka/version").asText();
            if (!pom().contains("<kafka.version>" + version + "</kafka.version>")) {
                problems.add("Kafka %s is not the version that the tests run".formatted(version));
            }
            JsonNode config = kafka.at("/spec/kafka/config");
            int inSync = config.path("min.insync.replicas").asInt();
            if (inSync != Math.max(1, Math.min(brokers, 3) - 1)) {
                problems.add("min.insync.replicas %d on %d brokers".formatted(inSync, brokers));
            }
        }
        return problems;
    }

    private static boolean isUsed(Manifests manifests, String user) {
        return manifests.pods().stream().anyMatch(pods -> pods.service().equals(user));
    }

    private static String ruleOf(JsonNode acl) {
        JsonNode strimzi = acl.path("resource");
        JsonNode resource = strimzi.isObject() ? strimzi : acl;
        String type = strimzi.isObject() ? strimzi.path("type").asText() : strimzi.asText();
        String pattern = strimzi.isObject()
                ? strimzi.path("patternType").asText("literal")
                : acl.path("pattern").asText("literal");
        Set<String> operations = new TreeSet<>();
        acl.path("operations").forEach(operation -> operations.add(operation.asText()));
        return type + " " + resource.path("name").asText("-") + " " + pattern + " " + operations;
    }

    private static String pom() {
        try {
            return Files.readString(POM);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode acls() {
        try {
            return Yaml.documents(Files.readString(ACLS)).get(0).path("principals");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> differences(
            String kind, Map<String, String> wanted, Map<String, String> found, String source) {
        List<String> problems = new ArrayList<>();
        Set<String> names = new TreeSet<>(wanted.keySet());
        names.addAll(found.keySet());
        for (String name : names) {
            if (!wanted.containsKey(name)) {
                problems.add("%s %s is not in %s".formatted(kind, name, source));
            } else if (!wanted.get(name).equals(found.get(name))) {
                problems.add("%s %s is %s, in %s %s"
                        .formatted(kind, name, found.getOrDefault(name, "not there"), source, wanted.get(name)));
            }
        }
        return problems;
    }
}
