// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Pods that an object makes, with the template that it gives. */
record Pods(ObjectNode owner, JsonNode template) {

    static Stream<Pods> of(ObjectNode object) {
        return switch (object.path("kind").asText()) {
            case "Deployment", "StatefulSet", "Job" -> Stream.of(new Pods(object, object.at("/spec/template")));
            case "CronJob" -> Stream.of(new Pods(object, object.at("/spec/jobTemplate/spec/template")));
            case "FlinkDeployment" -> Stream.of(new Pods(object, object.at("/spec/podTemplate")));
            case "Elasticsearch" -> Stream.of(new Pods(object, object.at("/spec/nodeSets/0/podTemplate")));
            default -> Stream.empty();
        };
    }

    String name() {
        return Manifests.nameOf(owner);
    }

    /** The plain name of the owner. */
    String service() {
        return owner.at("/metadata/name").asText();
    }

    boolean isFlink() {
        return owner.path("kind").asText().equals("FlinkDeployment");
    }

    JsonNode spec() {
        return template.path("spec");
    }

    List<JsonNode> containers() {
        List<JsonNode> containers = new ArrayList<>();
        spec().path("containers").forEach(containers::add);
        spec().path("initContainers").forEach(containers::add);
        return containers;
    }

    List<String> images() {
        return ImageNames.of(owner);
    }

    /** The labels of the pods, also those that the operators add. */
    Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        template.at("/metadata/labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        if (isFlink()) {
            labels.put("app", service());
        }
        if (owner.path("kind").asText().equals("Elasticsearch")) {
            labels.put("elasticsearch.k8s.elastic.co/cluster-name", service());
        }
        return labels;
    }

    /** The environment of a container: literal values as they are, references empty. */
    static Map<String, String> environment(JsonNode container) {
        Map<String, String> environment = new TreeMap<>();
        container
                .path("env")
                .forEach(variable -> environment.put(
                        variable.path("name").asText(), variable.path("value").asText()));
        return environment;
    }
}
