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
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Ports, paths, images and metrics of our services, and whom pods call. */
final class ServiceChecks {

    private static final List<String> PROBES = List.of("startupProbe", "livenessProbe", "readinessProbe");
    private static final Pattern CALL = Pattern.compile("(?<![\\w.-])([a-z][a-z0-9-]*):(\\d{2,5})(?!\\d)");
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(/[^\"?]*)");

    /** Services that operators make, by the name that {@code calls.yml} has for the pods behind them; sources there. */
    private static final Map<String, String> OF_OPERATORS = Map.of(
            "streampane-kafka-bootstrap", "kafka",
            "streampane-es-http", "elasticsearch",
            "streampane-kb-http", "kibana");

    /** By kind the image of Compose that has the version of which an operator is told. */
    private static final Map<String, String> VERSIONS = Map.of(
            "Kafka", "apache/kafka:",
            "Elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch:",
            "Kibana", "docker.elastic.co/kibana/kibana:");

    private ServiceChecks() {}

    /** Ports of pods, and of the Services before them, that are not those of the code. */
    static void ports(Manifests manifests, Findings found) {
        for (Service service : Service.values()) {
            Map<String, Integer> code = Map.of("http", Ports.of(service), "management", Ports.management(service));
            manifests
                    .find("Deployment", service.module())
                    .flatMap(it -> Pods.of(it).findFirst())
                    .ifPresent(it -> found.unless(
                            it.ports().equals(code),
                            "%s: its ports are %s, in the code %s",
                            it.name(),
                            it.ports(),
                            code));
            manifests.find("Service", service.module()).stream()
                    .flatMap(it -> items(it, "/spec/ports"))
                    .forEach(it -> found.unless(
                            code.getOrDefault(text(it, "/name"), 0)
                                    == it.path("port").asInt(),
                            "Service %s: port %s is %s",
                            service.module(),
                            text(it, "/name"),
                            text(it, "/port")));
        }
    }

    /** Services without probes, and probes of paths that a service does not answer. */
    static void probes(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            Service.named(pods.service())
                    .ifPresent(service -> PROBES.forEach(probe -> {
                        JsonNode asked = pods.containers().get(0).path(probe).path("httpGet");
                        int port = pods.ports().getOrDefault(text(asked, "/port"), 0);
                        String path = text(asked, "/path");
                        String where = path + " on " + text(asked, "/port");
                        found.unless(Ports.answers(service, port, path), "%s: %s asks %s", pods.name(), probe, where);
                    }));
        }
    }

    /** Calls that pods make, by their environment, arguments, settings and mounted files, and that are not in the list. */
    static void calls(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            Stream<String> told = pods.containers().stream().flatMap(it -> pods.told(it).stream());
            Stream<String> files = pods.files(manifests).entrySet().stream()
                    .filter(it -> it.getKey().endsWith(".conf"))
                    .map(Map.Entry::getValue);
            Stream.of(told, files, pods.flink().values().stream())
                    .flatMap(it -> it)
                    .flatMap(it -> CALL.matcher(it).results())
                    .forEach(call -> {
                        String to = OF_OPERATORS.getOrDefault(call.group(1), call.group(1));
                        int port = Integer.parseInt(call.group(2));
                        boolean listed = NetworkPolicies.calls().stream()
                                .anyMatch(it -> it.to().equals(to)
                                        && it.port() == port
                                        && NetworkPolicies.isHere(it.from())
                                        && pods.areSelected(NetworkPolicies.selector(it.from())));
                        found.unless(listed, "%s: calls.yml has no call to %s", pods.name(), call.group());
                    });
        }
    }

    /** Images that we do not make, and those of others that Compose has in another version. */
    static void images(Manifests manifests, Findings found) {
        List<String> others =
                Sources.tree(Sources.text("deploy/compose/compose.yaml")).findValuesAsText("image");
        for (JsonNode object : manifests.objects()) {
            Stream<String> made = Stream.ofNullable(VERSIONS.get(text(object, "/kind")))
                    .map(name -> name + text(object, "/spec/version") + text(object, "/spec/kafka/version"));
            Stream.concat(object.findValuesAsText("image").stream(), made).forEach(image -> {
                String name = image.substring(0, image.lastIndexOf(':') + 1);
                boolean known = Images.isOwn(image)
                        ? Images.exists(image)
                        : others.contains(image) || others.stream().noneMatch(it -> it.startsWith(name));
                found.unless(known, "%s: image %s", Manifests.nameOf(object), image);
            });
        }
    }

    /** Links of the page that the Ingress does not pass, and paths that it passes and nobody answers. */
    static void ingresses(Manifests manifests, Findings found) {
        for (JsonNode ingress : manifests.all("Ingress")) {
            String name = Manifests.nameOf(ingress);
            List<JsonNode> paths = items(ingress, "/spec/rules/0/http/paths").toList();
            String page = Sources.text(Service.RESULTS_API.classes().resolve("META-INF/resources/index.html"));
            LINK.matcher(page).results().map(it -> it.group(1)).forEach(link -> {
                boolean passed = paths.stream().anyMatch(it -> passes(it, link));
                found.unless(passed, "%s: the page links to %s", name, link);
            });
            for (JsonNode path : paths) {
                String backend = text(path, "/backend/service/name");
                boolean answered = Service.named(backend)
                        .filter(it -> Paths.of(it).stream().anyMatch(known -> passes(path, known)))
                        .isPresent();
                found.unless(answered, "%s: %s does not answer %s", name, backend, text(path, "/path"));
                boolean there = manifests.find("Service", backend).stream()
                        .flatMap(it -> items(it, "/spec/ports"))
                        .anyMatch(it -> it.path("name").equals(path.at("/backend/service/port/name")));
                found.unless(there, "%s: %s has no such port", name, backend);
            }
        }
    }

    private static boolean passes(JsonNode path, String link) {
        String text = text(path, "/path");
        return text(path, "/pathType").equals("Prefix") ? (link + "/").startsWith(text + "/") : link.equals(text);
    }

    /** Metrics of autoscalers that the pods do not show, and monitors of paths and ports that are not there. */
    static void metrics(Manifests manifests, Findings found) {
        for (JsonNode scaler : manifests.all("HorizontalPodAutoscaler")) {
            String process = text(scaler, "/spec/scaleTargetRef/name");
            items(scaler, "/spec/metrics").filter(it -> it.has("pods")).forEach(it -> {
                String name = text(it, "/pods/metric/name");
                boolean shown = Metrics.of(process).contains(name);
                found.unless(shown, "%s: %s has no metric %s", Manifests.nameOf(scaler), process, name);
            });
        }
        for (JsonNode monitor : manifests.all("PodMonitor")) {
            List<Pods> monitored = manifests.pods().stream()
                    .filter(it -> it.areSelected(monitor.at("/spec/selector")))
                    .toList();
            found.unless(!monitored.isEmpty(), "%s: nobody is monitored", Manifests.nameOf(monitor));
            for (Pods pods : monitored) {
                items(monitor, "/spec/podMetricsEndpoints").forEach(it -> {
                    String path = text(it, "/path");
                    int port = pods.ports().getOrDefault(text(it, "/port"), 0);
                    boolean shown = Service.named(pods.service())
                            .map(service -> Ports.answers(service, port, path))
                            .orElse((path + " " + port)
                                    .equals("/metrics " + pods.flink().get("metrics.reporter.prom.port")));
                    String where = path + " on " + text(it, "/port");
                    found.unless(shown, "%s: %s does not answer %s", Manifests.nameOf(monitor), pods.name(), where);
                });
            }
        }
    }
}
