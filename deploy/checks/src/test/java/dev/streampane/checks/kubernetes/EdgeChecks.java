// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
        Map<String, Targets> targets = Targets.byName(manifests);
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
            problems.addAll(unreached(name, ingress));
            for (JsonNode rule : ingress.at("/spec/rules")) {
                for (JsonNode path : rule.at("/http/paths")) {
                    String backend = path.at("/backend/service/name").asText();
                    String port = path.at("/backend/service/port/name").asText();
                    Optional<Service> service = Service.named(backend);
                    if (service.isEmpty() || !targets.containsKey(backend)) {
                        problems.add(name + ": there is no Service " + backend);
                    } else if (!isAnswered(service.get(), path)) {
                        problems.add("%s: %s does not answer %s"
                                .formatted(name, backend, path.path("path").asText()));
                    } else if (!hasPort(manifests, backend, port)) {
                        problems.add("%s: %s has no port %s".formatted(name, backend, port));
                    }
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
                        problems.addAll(endpoint(monitor, pods, endpoint));
                    }
                }
            }
        }
        return problems;
    }

    private static List<String> endpoint(JsonNode monitor, Pods pods, JsonNode endpoint) {
        String path = endpoint.path("path").asText();
        String port = endpoint.path("port").asText();
        Optional<Integer> number = Optional.ofNullable(PortChecks.named(pods).get(port));
        boolean answered = Service.named(pods.service())
                .map(service -> Ports.answers(service, number.orElse(0), path))
                .orElse(path.equals("/metrics"));
        return answered && number.isPresent()
                ? List.of()
                : List.of("%s: %s does not answer %s on %s"
                        .formatted(Manifests.nameOf(monitor), pods.name(), path, port));
    }

    /** Links of the page that end at the Ingress. */
    private static List<String> unreached(String name, JsonNode ingress) {
        List<String> unreached = new ArrayList<>();
        Matcher link = LINK.matcher(page());
        while (link.find()) {
            boolean passed = false;
            for (JsonNode path : ingress.at("/spec/rules/0/http/paths")) {
                String text = path.path("path").asText();
                passed |= path.path("pathType").asText().equals("Prefix")
                        ? (link.group(1) + "/").startsWith(text + "/")
                        : link.group(1).equals(text);
            }
            if (!passed) {
                unreached.add("%s: the page links to %s".formatted(name, link.group(1)));
            }
        }
        return unreached;
    }

    private static String page() {
        Path page = Service.RESULTS_API.classes().resolve("META-INF/resources/index.html");
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isAnswered(Service service, JsonNode path) {
        String text = path.path("path").asText();
        return Paths.has(service, text)
                || path.path("pathType").asText().equals("Prefix")
                        && Paths.of(service).stream().anyMatch(known -> known.startsWith(text + "/"));
    }

    private static boolean hasPort(Manifests manifests, String service, String name) {
        for (JsonNode port : manifests.get("Service", service).at("/spec/ports")) {
            if (port.path("name").asText().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
