// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.fields;
import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static dev.streampane.checks.facts.Sources.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Pods that an object makes, with the template that it gives. */
record Pods(ObjectNode owner, JsonNode template) {

    /** The label in which Strimzi puts the name of what it makes pods of. */
    static final String STRIMZI = "strimzi.io/name";

    /** By kind where its template is. */
    private static final Map<String, String> TEMPLATES = Map.of(
            "Deployment", "/spec/template",
            "Job", "/spec/template",
            "CronJob", "/spec/jobTemplate/spec/template",
            "FlinkDeployment", "/spec/podTemplate",
            "Elasticsearch", "/spec/nodeSets/0/podTemplate",
            "Kibana", "/spec/podTemplate");

    /**
     * By kind the label in which the operator puts the object's name: apache/flink 2.3.0, {@code
     * flink-kubernetes/…/utils/KubernetesUtils.java}, getCommonLabels; elastic/cloud-on-k8s v3.5, {@code
     * pkg/controller/elasticsearch/label/label.go} and {@code pkg/controller/kibana/label/label.go}.
     */
    private static final Map<String, String> LABELS = Map.of(
            "FlinkDeployment", "app",
            "Elasticsearch", "elasticsearch.k8s.elastic.co/cluster-name",
            "Kibana", "kibana.k8s.elastic.co/name");

    static Stream<Pods> of(ObjectNode object) {
        return Stream.ofNullable(TEMPLATES.get(text(object, "/kind"))).map(it -> new Pods(object, object.at(it)));
    }

    String name() {
        return Manifests.nameOf(owner);
    }

    String kind() {
        return text(owner, "/kind");
    }

    /** The plain name of the owner. */
    String service() {
        return Manifests.plain(owner);
    }

    boolean isFlink() {
        return kind().equals("FlinkDeployment");
    }

    JsonNode spec() {
        return template.path("spec");
    }

    List<JsonNode> containers() {
        return Stream.concat(items(spec(), "/containers"), items(spec(), "/initContainers"))
                .toList();
    }

    /** The labels of the pods, also those that the operators add. */
    Map<String, String> labels() {
        Map<String, String> labels = fields(template.at("/metadata/labels"));
        if (LABELS.containsKey(kind())) {
            labels.put(LABELS.get(kind()), service());
        }
        return labels;
    }

    /** The ports of the containers, by name. */
    Map<String, Integer> ports() {
        Map<String, Integer> ports = new TreeMap<>();
        containers().stream()
                .flatMap(it -> items(it, "/ports"))
                .forEach(port -> ports.put(
                        text(port, "/name"), port.path("containerPort").asInt()));
        return ports;
    }

    /** The files of ConfigMaps that the pods mount, by name. */
    Map<String, String> files(Manifests manifests) {
        Map<String, String> files = new TreeMap<>();
        spec().findValues("configMap").forEach(map -> manifests
                .find("ConfigMap", text(map, "/name"))
                .ifPresent(found -> files.putAll(fields(found.path("data")))));
        return files;
    }

    /** The environment of a container: literal values as they are, references empty. */
    static Map<String, String> environment(JsonNode container) {
        Map<String, String> environment = new TreeMap<>();
        items(container, "/env").forEach(it -> environment.put(text(it, "/name"), text(it, "/value")));
        return environment;
    }

    /** What a container is told: values of its environment, its arguments, and those of its job. */
    List<String> told(JsonNode container) {
        List<String> told = new ArrayList<>(environment(container).values());
        told.addAll(texts(container.path("args")));
        told.addAll(texts(owner.at("/spec/job/args")));
        return told;
    }

    /** The job that the pods run; no text for other pods. */
    String job() {
        return text(owner, "/spec/job/args/0");
    }

    /** The arguments of the job by option, all of them as {@code --option=value}. */
    Map<String, String> arguments() {
        Map<String, String> arguments = new LinkedHashMap<>();
        items(owner, "/spec/job/args").skip(1).forEach(argument -> {
            String[] parts = argument.asText().split("=", 2);
            arguments.put(parts[0].replaceFirst("^--", ""), parts.length == 2 ? parts[1] : "");
        });
        return arguments;
    }

    /** The settings of Flink. */
    Map<String, String> flink() {
        return fields(owner.at("/spec/flinkConfiguration"));
    }

    /** Whether a selector of {@code matchLabels} and {@code matchExpressions} with {@code In} takes the labels; an empty one takes all. */
    static boolean matches(JsonNode selector, Map<String, String> labels) {
        return hasAll(fields(selector.path("matchLabels")), labels)
                && items(selector, "/matchExpressions").allMatch(expression -> {
                    if (!text(expression, "/operator").equals("In")) {
                        throw new IllegalArgumentException("only In is understood: " + expression);
                    }
                    String value = labels.get(text(expression, "/key"));
                    return value != null && texts(expression.path("values")).contains(value);
                });
    }

    static boolean hasAll(Map<String, String> wanted, Map<String, String> labels) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }

    /** The labels of all pods: those of our templates, those of Kafka and its operators. */
    static List<Map<String, String>> all(Manifests manifests) {
        return Stream.concat(manifests.pods().stream().map(Pods::labels), strimzi(manifests))
                .toList();
    }

    /** The labels of brokers and controllers, and of the operators of topics and users. */
    static Stream<Map<String, String>> strimzi(Manifests manifests) {
        return manifests.all("Kafka").stream()
                .flatMap(it -> Stream.of(kafka(it), Map.of(STRIMZI, Manifests.plain(it) + "-entity-operator")));
    }

    /** Labels of the brokers and controllers, as Strimzi documents them. */
    static Map<String, String> kafka(JsonNode kafka) {
        Map<String, String> labels = fields(kafka.at("/spec/kafka/template/pod/metadata/labels"));
        labels.put(STRIMZI, Manifests.plain(kafka) + "-kafka");
        labels.put("strimzi.io/cluster", Manifests.plain(kafka));
        labels.put("strimzi.io/broker-role", "true");
        return labels;
    }
}
