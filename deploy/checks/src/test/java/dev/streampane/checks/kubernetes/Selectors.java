// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Label selectors, and the pods of operators, which no manifest of ours describes. */
final class Selectors {

    /** The pods that Strimzi makes, by the labels that it documents. */
    static final String STRIMZI_NAME = "strimzi.io/name";

    static final String ELASTICSEARCH_CLUSTER = "elasticsearch.k8s.elastic.co/cluster-name";
    static final String KIBANA = "kibana.k8s.elastic.co/name";

    private Selectors() {}

    /** Whether a selector of {@code matchLabels} and {@code matchExpressions} with {@code In} takes the labels; an empty one takes all. */
    static boolean matches(JsonNode selector, Map<String, String> labels) {
        return hasAll(Sources.fields(selector.path("matchLabels")), labels)
                && Sources.items(selector.path("matchExpressions")).allMatch(expression -> {
                    if (!expression.path("operator").asText().equals("In")) {
                        throw new IllegalArgumentException("only In is understood: " + expression);
                    }
                    String value = labels.get(expression.path("key").asText());
                    return value != null
                            && Sources.texts(expression.path("values")).contains(value);
                });
    }

    /** Whether labels has all that are wanted. */
    static boolean hasAll(Map<String, String> wanted, Map<String, String> labels) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }

    /** The labels of all pods: those of our templates, those of Kafka and its operators. */
    static List<Map<String, String>> allPods(Manifests manifests) {
        return Stream.concat(manifests.pods().stream().map(Pods::labels), strimziPods(manifests).stream())
                .toList();
    }

    /** The labels of brokers and controllers, and of the operators of topics and users. */
    static List<Map<String, String>> strimziPods(Manifests manifests) {
        return manifests.all("Kafka").stream()
                .flatMap(kafka -> Stream.of(
                        kafkaPods(kafka),
                        Map.of(STRIMZI_NAME, kafka.at("/metadata/name").asText() + "-entity-operator")))
                .toList();
    }

    /** Labels of the brokers and controllers. */
    static Map<String, String> kafkaPods(JsonNode kafka) {
        String name = kafka.at("/metadata/name").asText();
        Map<String, String> labels = Sources.fields(kafka.at("/spec/kafka/template/pod/metadata/labels"));
        labels.put(STRIMZI_NAME, name + "-kafka");
        labels.put("strimzi.io/cluster", name);
        labels.put("strimzi.io/broker-role", "true");
        return labels;
    }
}
