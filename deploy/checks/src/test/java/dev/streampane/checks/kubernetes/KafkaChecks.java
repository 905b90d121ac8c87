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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Kafka's objects against {@code deploy/topics.yml} and {@code deploy/acls.yml}. */
final class KafkaChecks {

    private static final String ACLS = "deploy/acls.yml";

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

    /** Users of the list whose ACLs are others; tools have users of their own. */
    static void users(Manifests manifests, Findings found) {
        Map<String, String> wanted = new TreeMap<>();
        items(Sources.tree(Sources.text(ACLS)), "/principals")
                .forEach(it -> wanted.put(text(it, "/name"), rules(it.path("acls"))));
        Map<String, String> there = new TreeMap<>();
        for (JsonNode user : manifests.all("KafkaUser")) {
            String name = Manifests.plain(user);
            if (wanted.containsKey(name)) {
                there.put(name, rules(user.at("/spec/authorization/acls")));
            }
        }
        wanted.keySet()
                .removeIf(name -> !there.containsKey(name)
                        && manifests.pods().stream()
                                .noneMatch(it -> it.service().equals(name)));
        compare("KafkaUser", wanted, there, ACLS, found);
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
