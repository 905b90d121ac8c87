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

    /** By kind where its template is. */
    private static final Map<String, String> TEMPLATES = Map.of(
            "Deployment", "/spec/template",
            "Job", "/spec/template",
            "CronJob", "/spec/jobTemplate/spec/template",
            "FlinkDeployment", "/spec/podTemplate",
            "Elasticsearch", "/spec/nodeSets/0/podTemplate",
            "Kibana", "/spec/podTemplate");

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

    /**
     * The labels of the pods, of jobs also that with the object's name: apache/flink 2.3.0, {@code
     * flink-kubernetes/…/utils/KubernetesUtils.java}, getCommonLabels.
     */
    Map<String, String> labels() {
        Map<String, String> labels = fields(template.at("/metadata/labels"));
        if (isFlink()) {
            labels.put("app", service());
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

    /** Whether the pods have all the labels of a selector. */
    boolean areSelected(JsonNode selector) {
        return labels().entrySet()
                .containsAll(fields(selector.path("matchLabels")).entrySet());
    }
}
