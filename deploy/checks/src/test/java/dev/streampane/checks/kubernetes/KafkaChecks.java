// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.fields;
import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static dev.streampane.checks.facts.Sources.texts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.facts.Topics;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Kafka's objects against {@code deploy/topics.yml} and {@code deploy/acls.yml}. */
final class KafkaChecks {

    private static final String ACLS = "deploy/acls.yml";
    private static final Set<String> LOOKING = Set.of("Read", "Describe", "DescribeConfigs");

    /**
     * The group that may write to volumes. Strimzi's image runs as 1001 of group 0, and a context of ours takes the place of
     * Strimzi's whole: strimzi/strimzi-kafka-operator 0.51.0 and 1.2.0,
     * {@code api/src/main/java/io/strimzi/plugin/security/profiles/impl/BaselinePodSecurityProvider.java}.
     */
    private static final int VOLUME_GROUP = 0;

    private KafkaChecks() {}

    /** Topics that are not those of the catalogue, with the same partitions and settings. */
    static void topics(Manifests manifests, Findings found) {
        Map<String, String> wanted = new TreeMap<>();
        Topics.all().forEach(it -> wanted.put(it.name(), it.partitions() + " " + new TreeMap<>(it.config())));
        Map<String, String> there = new TreeMap<>();
        manifests
                .all("KafkaTopic")
                .forEach(it -> there.put(
                        Manifests.plain(it), text(it, "/spec/partitions") + " " + fields(it.at("/spec/config"))));
        compare("KafkaTopic", wanted, there, "deploy/topics.yml", found);
    }

    /** Users whose ACLs are not those of the list; users that are not in it may only look. */
    static void users(Manifests manifests, Findings found) {
        Map<String, String> wanted = new TreeMap<>();
        items(Sources.tree(Sources.text(ACLS)), "/principals")
                .forEach(it -> wanted.put(text(it, "/name"), rules(it.path("acls"))));
        Map<String, String> there = new TreeMap<>();
        for (JsonNode user : manifests.all("KafkaUser")) {
            String name = Manifests.plain(user);
            if (wanted.containsKey(name)) {
                there.put(name, rules(user.at("/spec/authorization/acls")));
            } else {
                user.findValues("operations").stream()
                        .flatMap(Sources::items)
                        .map(JsonNode::asText)
                        .forEach(it -> found.unless(
                                LOOKING.contains(it), "KafkaUser %s is not in %s and may %s", name, ACLS, it));
            }
        }
        wanted.keySet()
                .removeIf(name -> !there.containsKey(name)
                        && manifests.pods().stream()
                                .noneMatch(it -> it.service().equals(name)));
        compare("KafkaUser", wanted, there, ACLS, found);
    }

    /** ACLs of topics that do not exist. */
    static void aclTopics(Manifests manifests, Findings found) {
        for (JsonNode user : manifests.all("KafkaUser")) {
            for (JsonNode resource : user.findValues("resource")) {
                String name = text(resource, "/name");
                found.unless(
                        !text(resource, "/type").equals("topic")
                                || name.equals("*")
                                || Topics.names().contains(name),
                        "%s: there is no topic %s",
                        Manifests.nameOf(user),
                        name);
            }
        }
    }

    /** What does not belong to the cluster, and replicas for which there are too few brokers. */
    static void cluster(Manifests manifests, Findings found) {
        Stream.of("KafkaNodePool", "KafkaTopic", "KafkaUser")
                .flatMap(kind -> manifests.all(kind).stream())
                .forEach(it -> {
                    String cluster = text(it, "/metadata/labels/strimzi.io~1cluster");
                    found.unless(
                            manifests.find("Kafka", cluster).isPresent(),
                            "%s: there is no Kafka '%s'",
                            Manifests.nameOf(it),
                            cluster);
                });
        int brokers = manifests.all("KafkaNodePool").stream()
                .filter(pool -> texts(pool.at("/spec/roles")).contains("broker"))
                .mapToInt(pool -> pool.at("/spec/replicas").asInt())
                .sum();
        int copies = Math.min(brokers, 3);
        for (JsonNode topic : manifests.all("KafkaTopic")) {
            int replicas = topic.at("/spec/replicas").asInt();
            boolean fits = replicas <= brokers && replicas >= copies;
            found.unless(fits, "%s: %d replicas on %d brokers", Manifests.nameOf(topic), replicas, brokers);
        }
        Map.of("Kafka", "/spec/kafka", "KafkaNodePool", "/spec")
                .forEach((kind, spec) -> manifests.all(kind).forEach(it -> {
                    JsonNode context = it.at(spec + "/template/pod/securityContext");
                    found.unless(
                            context.isMissingNode() || context.path("fsGroup").asInt(-1) == VOLUME_GROUP,
                            "%s: its pods' securityContext is without fsGroup: %d",
                            Manifests.nameOf(it),
                            VOLUME_GROUP);
                }));
        for (JsonNode kafka : manifests.all("Kafka")) {
            String version = text(kafka, "/spec/kafka/version");
            boolean tested = Sources.text("pom.xml").contains("<kafka.version>" + version + "</kafka.version>");
            found.unless(tested, "Kafka %s is not the version that the tests run", version);
            int inSync = kafka.at("/spec/kafka/config/min.insync.replicas").asInt();
            found.unless(inSync == Math.max(1, copies - 1), "min.insync.replicas %d on %d brokers", inSync, brokers);
        }
    }

    private static String rules(JsonNode acls) {
        return items(acls)
                .map(KafkaChecks::rule)
                .collect(Collectors.toCollection(TreeSet::new))
                .toString();
    }

    /** Strimzi's rules have an object in the place of the resource's type. */
    private static String rule(JsonNode acl) {
        boolean strimzi = acl.path("resource").isObject();
        JsonNode resource = strimzi ? acl.path("resource") : acl;
        String type = text(resource, strimzi ? "/type" : "/resource");
        String pattern = resource.path(strimzi ? "patternType" : "pattern").asText("literal");
        return "%s %s %s %s"
                .formatted(
                        type, resource.path("name").asText("-"), pattern, new TreeSet<>(texts(acl.path("operations"))));
    }

    private static void compare(
            String kind, Map<String, String> wanted, Map<String, String> there, String source, Findings found) {
        wanted.forEach((name, text) -> {
            String is = there.getOrDefault(name, "not there");
            found.unless(is.equals(text), "%s %s is %s, in %s %s", kind, name, is, source, text);
        });
        there.keySet().forEach(it -> found.unless(wanted.containsKey(it), "%s %s is not in %s", kind, it, source));
    }
}
