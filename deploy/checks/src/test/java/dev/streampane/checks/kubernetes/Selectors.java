// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Label selectors, and the pods of operators, which no manifest of ours describes. */
final class Selectors {

    /** The pods that Strimzi makes, by the labels that it documents. */
    static final String STRIMZI_NAME = "strimzi.io/name";

    static final String ELASTICSEARCH_CLUSTER = "elasticsearch.k8s.elastic.co/cluster-name";

    private Selectors() {}

    /** Whether a selector of {@code matchLabels} and {@code matchExpressions} with {@code In} takes the labels; an empty one takes all. */
    static boolean matches(JsonNode selector, Map<String, String> labels) {
        boolean matches = hasAll(labelsOf(selector.path("matchLabels")), labels);
        for (JsonNode expression : selector.path("matchExpressions")) {
            if (!expression.path("operator").asText().equals("In")) {
                throw new IllegalArgumentException("only In is understood: " + expression);
            }
            String value = labels.get(expression.path("key").asText());
            boolean in = false;
            for (JsonNode allowed : expression.path("values")) {
                in |= allowed.asText().equals(value);
            }
            matches &= in;
        }
        return matches;
    }

    /** Whether labels has all that are wanted. */
    static boolean hasAll(Map<String, String> wanted, Map<String, String> labels) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }

    static Map<String, String> labelsOf(JsonNode object) {
        Map<String, String> labels = new TreeMap<>();
        object.properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return labels;
    }

    /** The labels of all pods: those of our templates, those of Kafka and its operators. */
    static List<Map<String, String>> allPods(Manifests manifests) {
        List<Map<String, String>> all = new java.util.ArrayList<>(
                manifests.pods().stream().map(Pods::labels).toList());
        all.addAll(strimziPods(manifests));
        return all;
    }

    /** The labels of brokers and controllers, and of the operators of topics and users. */
    static List<Map<String, String>> strimziPods(Manifests manifests) {
        List<Map<String, String>> all = new java.util.ArrayList<>();
        for (JsonNode kafka : manifests.all("Kafka")) {
            all.add(kafkaPods(kafka));
            all.add(Map.of(STRIMZI_NAME, kafka.at("/metadata/name").asText() + "-entity-operator"));
        }
        return all;
    }

    /** Labels of the brokers and controllers. */
    static Map<String, String> kafkaPods(JsonNode kafka) {
        String name = kafka.at("/metadata/name").asText();
        Map<String, String> labels = labelsOf(kafka.at("/spec/kafka/template/pod/metadata/labels"));
        labels.put(STRIMZI_NAME, name + "-kafka");
        labels.put("strimzi.io/cluster", name);
        labels.put("strimzi.io/broker-role", "true");
        return labels;
    }
}
