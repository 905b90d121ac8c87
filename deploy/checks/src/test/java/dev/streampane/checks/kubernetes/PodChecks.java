// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What pods must say: the restricted standard, limits, probes that are answered, images that are known; and what is seen from outside. */
final class PodChecks {

    private static final List<String> PROBES = List.of("startupProbe", "livenessProbe", "readinessProbe");
    private static final List<String> RESOURCES = List.of("/requests/memory", "/requests/cpu", "/limits/memory");
    private static final Pattern IMAGE = Pattern.compile("(?m)^ *image: ([a-z][a-z0-9./-]*:)([\\w.-]+)$");
    private static final Map<String, String> OF_PODS = Map.of(
            "/securityContext/runAsNonRoot", "true",
            "/securityContext/seccompProfile/type", "RuntimeDefault",
            "/enableServiceLinks", "false");
    private static final Map<String, String> OF_CONTAINERS =
            Map.of("/securityContext/allowPrivilegeEscalation", "false", "/securityContext/capabilities/drop/0", "ALL");
    private static final Map<String, String> OF_OURS = Map.of("/securityContext/readOnlyRootFilesystem", "true");

    /** A producer of heartbeats may not run twice for a moment. */
    private static final Map<String, String> OF_SIMULATORS =
            Map.of("/spec/replicas", "1", "/spec/strategy/type", "Recreate");

    /** What the operator of Elastic runs by kind: elastic/cloud-on-k8s v3.5, {@code pkg/controller/common/container/container.go}. */
    private static final Map<String, String> ELASTIC = Map.of(
            "Elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch:",
            "Kibana", "docker.elastic.co/kibana/kibana:");

    private static final String NGINX = "nginx.ingress.kubernetes.io/";

    /** Half an hour, the longest life of a stream by default. */
    private static final int STREAM_SECONDS = 1800;

    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(/[^\"?]*)");

    private PodChecks() {}

    /** What the restricted standard refuses, tokens, and variables of Services, which jobs would take for options. */
    static void security(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            expect(found, pods, pods.spec(), OF_PODS);
            expect(found, pods, pods.spec(), Map.of("/automountServiceAccountToken", "" + pods.isFlink()));
            boolean ours = pods.kind().matches("Deployment|Job|CronJob");
            for (JsonNode container : pods.containers()) {
                expect(found, pods, container, OF_CONTAINERS);
                expect(found, pods, container, ours ? OF_OURS : Map.of());
            }
        }
    }

    /** A simulator that is there twice, or for a moment. */
    static void simulators(Manifests manifests, Findings found) {
        manifests.pods().stream()
                .filter(it -> it.service().endsWith("-simulator"))
                .forEach(it -> expect(found, it, it.owner(), OF_SIMULATORS));
    }

    private static void expect(Findings found, Pods pods, JsonNode node, Map<String, String> wanted) {
        wanted.forEach((where, value) -> {
            String is = text(node, where);
            found.unless(is.equals(value), "%s: %s is '%s', not %s", pods.name(), where, is, value);
        });
    }

    /** Services without probes, and probes of paths that a service does not answer. */
    static void probes(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            Service.named(pods.service())
                    .ifPresent(service -> PROBES.forEach(probe -> {
                        JsonNode asked = pods.containers().get(0).path(probe).path("httpGet");
                        int port = pods.ports().getOrDefault(text(asked, "/port"), 0);
                        found.unless(
                                Ports.answers(service, port, text(asked, "/path")),
                                "%s: %s asks '%s' on %s",
                                pods.name(),
                                probe,
                                text(asked, "/path"),
                                text(asked, "/port"));
                    }));
        }
    }

    /** Containers without a request or a limit of memory. */
    static void resources(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.isFlink() ? List.<JsonNode>of() : pods.containers()) {
                boolean all = RESOURCES.stream()
                        .allMatch(it -> container.path("resources").at(it).isTextual());
                found.unless(all, "%s: container %s has no requests or limit", pods.name(), text(container, "/name"));
            }
        }
    }

    /** Images that we do not make, and those of others that are not pinned, or not as Compose has them. */
    static void images(Manifests manifests, Findings found) {
        Map<String, String> compose = new TreeMap<>();
        IMAGE.matcher(Sources.text("deploy/compose/compose.yaml"))
                .results()
                .forEach(image -> compose.put(image.group(1), image.group(2)));
        for (JsonNode object : manifests.objects()) {
            Stream<String> elastic = Stream.ofNullable(ELASTIC.get(text(object, "/kind")))
                    .map(name -> name + text(object, "/spec/version"));
            Stream.concat(object.findValuesAsText("image").stream(), elastic).forEach(image -> {
                String name = image.substring(0, image.lastIndexOf(':') + 1);
                String tag = image.substring(name.length());
                boolean known = Images.isOwn(image)
                        ? Images.exists(image)
                        : Images.isPinned(image)
                                && compose.getOrDefault(name, tag).equals(tag);
                found.unless(known, "%s: image %s", Manifests.nameOf(object), image);
            });
        }
    }

    /** Paths that nobody answers, backends that are not there, buffers and timeouts that would hold events back. */
    static void ingresses(Manifests manifests, Findings found) {
        for (JsonNode ingress : manifests.all("Ingress")) {
            String name = Manifests.nameOf(ingress);
            JsonNode notes = ingress.at("/metadata/annotations");
            found.unless(notes.path(NGINX + "proxy-buffering").asText().equals("off"), "%s: buffers events", name);
            for (String timeout : List.of("proxy-read-timeout", "proxy-send-timeout")) {
                boolean longer = notes.path(NGINX + timeout).asInt() > STREAM_SECONDS;
                found.unless(longer, "%s: %s is shorter than a stream's life", name, timeout);
            }
            List<JsonNode> paths =
                    ingress.findValues("paths").stream().flatMap(Sources::items).toList();
            List<JsonNode> ofThePage =
                    items(ingress, "/spec/rules/0/http/paths").toList();
            String page = Sources.text(Service.RESULTS_API.classes().resolve("META-INF/resources/index.html"));
            LINK.matcher(page).results().map(it -> it.group(1)).forEach(link -> {
                boolean passed = ofThePage.stream().anyMatch(it -> passes(it, link));
                found.unless(passed, "%s: the page links to %s", name, link);
            });
            for (JsonNode path : paths) {
                String backend = text(path, "/backend/service/name");
                String port = text(path, "/backend/service/port/name");
                boolean answered = Service.named(backend)
                        .filter(it -> isAnswered(it, path))
                        .isPresent();
                found.unless(answered, "%s: %s does not answer %s", name, backend, text(path, "/path"));
                boolean there = manifests.find("Service", backend).stream()
                        .flatMap(it -> items(it, "/spec/ports"))
                        .anyMatch(it -> text(it, "/name").equals(port));
                found.unless(there, "%s: %s has no port %s", name, backend, port);
            }
        }
    }

    private static boolean passes(JsonNode path, String link) {
        String text = text(path, "/path");
        return isPrefix(path) ? (link + "/").startsWith(text + "/") : link.equals(text);
    }

    private static boolean isPrefix(JsonNode path) {
        return text(path, "/pathType").equals("Prefix");
    }

    private static boolean isAnswered(Service service, JsonNode path) {
        String text = text(path, "/path");
        return Paths.has(service, text)
                || isPrefix(path) && Paths.of(service).stream().anyMatch(known -> known.startsWith(text + "/"));
    }

    /** Metrics of autoscalers that the pods do not show, and monitors of paths and ports that are not there. */
    static void metrics(Manifests manifests, Findings found) {
        for (JsonNode scaler : manifests.all("HorizontalPodAutoscaler")) {
            String process = text(scaler, "/spec/scaleTargetRef/name");
            items(scaler, "/spec/metrics").filter(it -> !it.has("resource")).forEach(it -> {
                String name = text(it, "/pods/metric/name");
                boolean shown = Metrics.of(process).contains(name);
                found.unless(shown, "%s: %s has no metric %s", Manifests.nameOf(scaler), process, name);
            });
        }
        for (JsonNode monitor : manifests.all("PodMonitor")) {
            for (Pods pods : manifests.pods()) {
                if (Pods.matches(monitor.at("/spec/selector"), pods.labels())) {
                    items(monitor, "/spec/podMetricsEndpoints").forEach(it -> {
                        String path = text(it, "/path");
                        Integer port = pods.ports().get(text(it, "/port"));
                        boolean shown = port != null
                                && Service.named(pods.service())
                                        .map(service -> Ports.answers(service, port, path))
                                        .orElse(path.equals("/metrics"));
                        String where = path + " on " + text(it, "/port");
                        found.unless(shown, "%s: %s does not answer %s", Manifests.nameOf(monitor), pods.name(), where);
                    });
                }
            }
        }
    }
}
