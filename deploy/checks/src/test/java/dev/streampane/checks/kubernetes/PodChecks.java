// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What each pod must say: the restricted standard, no token, limits, probes that are answered, images that are known. */
final class PodChecks {

    private static final List<String> PROBES = List.of("startupProbe", "livenessProbe", "readinessProbe");

    private static final Path COMPOSE = Checkout.root().resolve("deploy/compose/compose.yaml");

    private static final Pattern IMAGE = Pattern.compile("(?m)^ *image: ([a-z][a-z0-9./-]*:)([\\w.-]+)$");

    private static final String ELASTICSEARCH = "docker.elastic.co/elasticsearch/elasticsearch:";

    private PodChecks() {}

    /** What the restricted standard refuses, tokens, and variables of Services, which jobs would take for options. */
    static List<String> security(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            JsonNode spec = pods.spec();
            expect(problems, pods, spec.at("/securityContext/runAsNonRoot"), "true", "runAsNonRoot");
            expect(problems, pods, spec.at("/securityContext/seccompProfile/type"), "RuntimeDefault", "seccompProfile");
            expect(problems, pods, spec.path("enableServiceLinks"), "false", "enableServiceLinks");
            expect(
                    problems,
                    pods,
                    spec.path("automountServiceAccountToken"),
                    Boolean.toString(pods.isFlink()),
                    "automountServiceAccountToken");
            for (JsonNode container : pods.containers()) {
                JsonNode context = container.path("securityContext");
                expect(problems, pods, context.path("allowPrivilegeEscalation"), "false", "allowPrivilegeEscalation");
                expect(problems, pods, context.at("/capabilities/drop/0"), "ALL", "capabilities");
                if (pods.owner().path("kind").asText().matches("Deployment|Job|CronJob")) {
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
            Optional<Service> service = Service.named(pods.service());
            if (service.isEmpty()) {
                continue;
            }
            for (String probe : PROBES) {
                JsonNode asked = pods.containers().get(0).path(probe).path("httpGet");
                String path = asked.path("path").asText();
                String port = asked.path("port").asText();
                if (!Ports.answers(service.get(), PortChecks.named(pods).getOrDefault(port, 0), path)) {
                    problems.add("%s: %s asks '%s' on %s".formatted(pods.name(), probe, path, port));
                }
            }
        }
        return problems;
    }

    /** Containers without a request or a limit of memory. */
    static List<String> resources(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods :
                manifests.pods().stream().filter(pods -> !pods.isFlink()).toList()) {
            for (JsonNode container : pods.containers()) {
                JsonNode resources = container.path("resources");
                if (!resources.at("/requests/memory").isTextual()
                        || !resources.at("/requests/cpu").isTextual()
                        || !resources.at("/limits/memory").isTextual()) {
                    problems.add("%s: container %s has no requests or limit"
                            .formatted(pods.name(), container.path("name").asText()));
                }
            }
        }
        return problems;
    }

    /** Images that we do not make, and those of others that are not pinned, or not as Compose has them. */
    static List<String> images(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        Map<String, String> compose = compose();
        for (JsonNode object : manifests.objects()) {
            List<String> images = new ArrayList<>(ImageNames.of(object));
            if (object.path("kind").asText().equals("Elasticsearch")) {
                images.add(ELASTICSEARCH + object.at("/spec/version").asText());
            }
            for (String image : images) {
                String name = image.substring(0, image.lastIndexOf(':') + 1);
                String tag = image.substring(name.length());
                boolean known = Images.isOwn(image)
                        ? Images.exists(image)
                        : Images.isPinned(image)
                                && compose.getOrDefault(name, tag).equals(tag);
                if (!known) {
                    problems.add("%s: image %s".formatted(Manifests.nameOf(object), image));
                }
            }
        }
        return problems;
    }

    /** Tags of the Compose file's images by name, the colon included. */
    private static Map<String, String> compose() {
        try {
            Map<String, String> tags = new TreeMap<>();
            Matcher image = IMAGE.matcher(Files.readString(COMPOSE));
            while (image.find()) {
                tags.put(image.group(1), image.group(2));
            }
            return tags;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
