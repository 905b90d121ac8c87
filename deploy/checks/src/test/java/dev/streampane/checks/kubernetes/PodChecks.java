// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What each pod must say: the restricted standard, no token, limits, probes that are answered, images that are known. */
final class PodChecks {

    private static final List<String> PROBES = List.of("startupProbe", "livenessProbe", "readinessProbe");
    private static final List<String> RESOURCES = List.of("/requests/memory", "/requests/cpu", "/limits/memory");
    private static final Pattern IMAGE = Pattern.compile("(?m)^ *image: ([a-z][a-z0-9./-]*:)([\\w.-]+)$");

    /** What the operator of Elastic runs by kind: elastic/cloud-on-k8s v3.5, {@code pkg/controller/common/container/container.go}. */
    private static final Map<String, String> ELASTIC = Map.of(
            "Elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch:",
            "Kibana", "docker.elastic.co/kibana/kibana:");

    private PodChecks() {}

    /** What the restricted standard refuses, tokens, and variables of Services, which jobs would take for options. */
    static List<String> security(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            JsonNode spec = pods.spec();
            expect(problems, pods, spec.at("/securityContext/runAsNonRoot"), "true", "runAsNonRoot");
            expect(problems, pods, spec.at("/securityContext/seccompProfile/type"), "RuntimeDefault", "seccompProfile");
            expect(problems, pods, spec.path("enableServiceLinks"), "false", "enableServiceLinks");
            JsonNode token = spec.path("automountServiceAccountToken");
            expect(problems, pods, token, Boolean.toString(pods.isFlink()), "automountServiceAccountToken");
            for (JsonNode container : pods.containers()) {
                JsonNode context = container.path("securityContext");
                expect(problems, pods, context.path("allowPrivilegeEscalation"), "false", "allowPrivilegeEscalation");
                expect(problems, pods, context.at("/capabilities/drop/0"), "ALL", "capabilities");
                if (pods.kind().matches("Deployment|Job|CronJob")) {
                    expect(problems, pods, context.path("readOnlyRootFilesystem"), "true", "readOnlyRootFilesystem");
                }
            }
        }
        return problems;
    }

    /** Services without probes, and probes of paths that a service does not answer. */
    static List<String> probes(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            Service.named(pods.service())
                    .ifPresent(service -> PROBES.forEach(probe -> {
                        JsonNode asked = pods.containers().get(0).path(probe).path("httpGet");
                        String path = asked.path("path").asText();
                        String port = asked.path("port").asText();
                        if (!Ports.answers(service, PortChecks.named(pods).getOrDefault(port, 0), path)) {
                            problems.add("%s: %s asks '%s' on %s".formatted(pods.name(), probe, path, port));
                        }
                    }));
        }
        return problems;
    }

    /** Containers without a request or a limit of memory. */
    static List<String> resources(Manifests manifests) {
        return manifests.pods().stream()
                .filter(pods -> !pods.isFlink())
                .flatMap(pods -> pods.containers().stream()
                        .filter(container -> RESOURCES.stream()
                                .anyMatch(it ->
                                        !container.path("resources").at(it).isTextual()))
                        .map(container -> "%s: container %s has no requests or limit"
                                .formatted(pods.name(), container.path("name").asText())))
                .toList();
    }

    /** Images that we do not make, and those of others that are not pinned, or not as Compose has them. */
    static List<String> images(Manifests manifests) {
        Map<String, String> compose = new TreeMap<>();
        IMAGE.matcher(Sources.text("deploy/compose/compose.yaml"))
                .results()
                .forEach(image -> compose.put(image.group(1), image.group(2)));
        return manifests.objects().stream()
                .flatMap(object -> Stream.concat(
                                object.findValuesAsText("image").stream(),
                                Stream.ofNullable(
                                                ELASTIC.get(object.path("kind").asText()))
                                        .map(name -> name
                                                + object.at("/spec/version").asText()))
                        .filter(image -> !isKnown(image, compose))
                        .map(image -> "%s: image %s".formatted(Manifests.nameOf(object), image)))
                .toList();
    }

    private static boolean isKnown(String image, Map<String, String> compose) {
        String name = image.substring(0, image.lastIndexOf(':') + 1);
        String tag = image.substring(name.length());
        return Images.isOwn(image)
                ? Images.exists(image)
                : Images.isPinned(image) && compose.getOrDefault(name, tag).equals(tag);
    }

    /** A producer of heartbeats that may run twice for a moment. */
    static List<String> simulators(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            if (pods.service().endsWith("-simulator")) {
                expect(problems, pods, pods.owner().at("/spec/replicas"), "1", "replicas");
                expect(problems, pods, pods.owner().at("/spec/strategy/type"), "Recreate", "strategy");
            }
        }
        return problems;
    }

    private static void expect(List<String> problems, Pods pods, JsonNode found, String wanted, String what) {
        if (!found.asText().equals(wanted)) {
            problems.add("%s: %s is '%s', not %s".formatted(pods.name(), what, found.asText(), wanted));
        }
    }
}
