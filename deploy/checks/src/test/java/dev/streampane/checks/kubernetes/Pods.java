// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.facts.Sources;
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

    /**
     * By kind the label in which the operator puts the object's name: apache/flink 2.3.0, {@code
     * flink-kubernetes/…/utils/KubernetesUtils.java}, getCommonLabels; elastic/cloud-on-k8s v3.5, {@code pkg/controller/elasticsearch/label/label.go} and {@code
     * pkg/controller/kibana/label/label.go}.
     */
    private static final Map<String, String> LABELS = Map.of(
            "FlinkDeployment", "app",
            "Elasticsearch", Selectors.ELASTICSEARCH_CLUSTER,
            "Kibana", Selectors.KIBANA);

    static Stream<Pods> of(ObjectNode object) {
        String template = TEMPLATES.get(object.path("kind").asText());
        return template == null ? Stream.empty() : Stream.of(new Pods(object, object.at(template)));
    }

    String name() {
        return Manifests.nameOf(owner);
    }

    String kind() {
        return owner.path("kind").asText();
    }

    /** The plain name of the owner. */
    String service() {
        return owner.at("/metadata/name").asText();
    }

    boolean isFlink() {
        return kind().equals("FlinkDeployment");
    }

    JsonNode spec() {
        return template.path("spec");
    }

    List<JsonNode> containers() {
        return Stream.of("containers", "initContainers")
                .flatMap(list -> Sources.items(spec().path(list)))
                .toList();
    }

    List<String> images() {
        return owner.findValuesAsText("image");
    }

    /** The labels of the pods, also those that the operators add. */
    Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>(Sources.fields(template.at("/metadata/labels")));
        if (LABELS.containsKey(kind())) {
            labels.put(LABELS.get(kind()), service());
        }
        return labels;
    }

    /** The files of ConfigMaps that the pods mount, by name. */
    Map<String, String> files(Manifests manifests) {
        Map<String, String> files = new TreeMap<>();
        spec().findValues("configMap").forEach(map -> manifests
                .find("ConfigMap", map.path("name").asText())
                .ifPresent(found -> files.putAll(Sources.fields(found.path("data")))));
        return files;
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
