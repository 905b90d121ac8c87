// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is seen from outside: paths of the Ingress, its manners with streams, metrics. */
final class EdgeChecks {

    private static final String NGINX = "nginx.ingress.kubernetes.io/";

    /** Half an hour, the longest life of a stream by default. */
    private static final int STREAM_SECONDS = 1800;

    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(/[^\"?]*)");

    private EdgeChecks() {}

    /** Paths that nobody answers, backends that are not there, buffers and timeouts that would hold events back. */
    static List<String> ingresses(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode ingress : manifests.all("Ingress")) {
            String name = Manifests.nameOf(ingress);
            JsonNode notes = ingress.at("/metadata/annotations");
            if (!notes.path(NGINX + "proxy-buffering").asText().equals("off")) {
                problems.add(name + ": buffers events");
            }
            for (String timeout : List.of("proxy-read-timeout", "proxy-send-timeout")) {
                if (notes.path(NGINX + timeout).asInt() <= STREAM_SECONDS) {
                    problems.add(name + ": " + timeout + " is shorter than a stream's life");
                }
            }
            JsonNode paths = ingress.at("/spec/rules/0/http/paths");
            page().filter(link -> Sources.items(paths).noneMatch(path -> passes(path, link)))
                    .forEach(link -> problems.add("%s: the page links to %s".formatted(name, link)));
            for (JsonNode path :
                    ingress.findValues("paths").stream().flatMap(Sources::items).toList()) {
                String backend = path.at("/backend/service/name").asText();
                String port = path.at("/backend/service/port/name").asText();
                JsonNode ports = manifests
                        .find("Service", backend)
                        .map(service -> service.at("/spec/ports"))
                        .orElse(Yaml.object());
                boolean answered = Service.named(backend)
                        .filter(service -> isAnswered(service, path))
                        .isPresent();
                if (!answered) {
                    problems.add("%s: %s does not answer %s"
                            .formatted(name, backend, path.path("path").asText()));
                } else if (Sources.items(ports)
                        .noneMatch(it -> it.path("name").asText().equals(port))) {
                    problems.add("%s: %s has no port %s".formatted(name, backend, port));
                }
            }
        }
        return problems;
    }

    /** Metrics of autoscalers that the pods do not show, and monitors of paths and ports that are not there. */
    static List<String> metrics(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode scaler : manifests.all("HorizontalPodAutoscaler")) {
            String process = scaler.at("/spec/scaleTargetRef/name").asText();
            for (JsonNode metric : scaler.at("/spec/metrics")) {
                String name = metric.at("/pods/metric/name").asText();
                if (!metric.has("resource") && !Metrics.of(process).contains(name)) {
                    problems.add("%s: %s has no metric %s".formatted(Manifests.nameOf(scaler), process, name));
                }
            }
        }
        for (JsonNode monitor : manifests.all("PodMonitor")) {
            for (Pods pods : manifests.pods()) {
                if (Selectors.matches(monitor.at("/spec/selector"), pods.labels())) {
                    for (JsonNode endpoint : monitor.at("/spec/podMetricsEndpoints")) {
                        String path = endpoint.path("path").asText();
                        String port = endpoint.path("port").asText();
                        if (!shows(pods, path, PortChecks.named(pods).get(port))) {
                            problems.add("%s: %s does not answer %s on %s"
                                    .formatted(Manifests.nameOf(monitor), pods.name(), path, port));
                        }
                    }
                }
            }
        }
        return problems;
    }

    private static boolean shows(Pods pods, String path, Integer port) {
        return port != null
                && Service.named(pods.service())
                        .map(service -> Ports.answers(service, port, path))
                        .orElse(path.equals("/metrics"));
    }

    /** Where the page leads to. */
    private static Stream<String> page() {
        String page = Sources.text(Service.RESULTS_API.classes().resolve("META-INF/resources/index.html"));
        return LINK.matcher(page).results().map(link -> link.group(1));
    }

    private static boolean passes(JsonNode path, String link) {
        String text = path.path("path").asText();
        return isPrefix(path) ? (link + "/").startsWith(text + "/") : link.equals(text);
    }

    private static boolean isPrefix(JsonNode path) {
        return path.path("pathType").asText().equals("Prefix");
    }

    private static boolean isAnswered(Service service, JsonNode path) {
        String text = path.path("path").asText();
        return Paths.has(service, text)
                || isPrefix(path) && Paths.of(service).stream().anyMatch(known -> known.startsWith(text + "/"));
    }
}
