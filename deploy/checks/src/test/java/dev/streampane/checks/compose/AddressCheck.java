// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.compose.ComposeFile.Service;
import dev.streampane.checks.facts.ForeignImages;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.control.StackPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Ports, addresses and paths of a compose file on which nobody listens, or answers. */
final class AddressCheck {

    private static final Pattern ADDRESS = Pattern.compile("(?<![\\w.-])([a-z][a-z0-9-]+)[:/](\\d{2,5})(?!\\d)");

    private final ComposeFile file;
    private final List<String> findings = new ArrayList<>();

    private AddressCheck(ComposeFile file) {
        this.file = file;
    }

    static List<String> findings(ComposeFile file) {
        AddressCheck check = new AddressCheck(file);
        for (Service service : file.services()) {
            check.ports(service);
            check.addresses(service);
            if (service.repository().equals("prom/prometheus")) {
                check.scrapes(service);
            }
        }
        return check.findings;
    }

    private void ports(Service service) {
        for (String port : service.texts("ports")) {
            int inside = ComposeCheck.container(port);
            if (!listens(service, inside)) {
                say(service, "does not listen on " + inside);
            }
            int outside = outside(port);
            if (service.repository().equals("apache/kafka")
                    && !service.environment().get("KAFKA_ADVERTISED_LISTENERS").contains("localhost:" + outside)) {
                say(service, "is published on " + outside + ", and tells clients another port");
            }
            if (service.own().isPresent() && outside != Ports.of(service.own().get())) {
                say(service, "is published on " + outside + ", not where every page says it is");
            }
        }
        service.own()
                .filter(own -> service.node().at("/build/args/PORT").asInt() != Ports.of(own))
                .ifPresent(own -> say(service, "is built for another port than " + Ports.of(own)));
    }

    private static int outside(String port) {
        return Integer.parseInt(port.split(":")[1]);
    }

    private boolean listens(Service service, int port) {
        Optional<dev.streampane.checks.facts.Service> own = service.own();
        if (own.isPresent()) {
            return port == Ports.of(own.get()) || port == Ports.management(own.get());
        }
        return switch (service.repository()) {
            case "apache/kafka" -> service.environment().get("KAFKA_LISTENERS").matches(".*:" + port + "\\b.*");
            case "streampane/flink-job" ->
                port == Ports.of(StackPort.FLINK)
                        || String.valueOf(port).equals(service.flinkProperties().get("metrics.reporter.prom.port"));
            case "ghcr.io/kafbat/kafka-ui" ->
                String.valueOf(port).equals(service.environment().get("SERVER_PORT"));
            case "telegraf" ->
                file.mounted(service, "telegraf.conf").contains("service_address = \"http://127.0.0.1:" + port + "\"");
            default -> ForeignImages.listen(service.repository(), port);
        };
    }

    /** Each {@code host:port} in variables, arguments, health checks and mounted files, as seen from inside of the network. */
    private void addresses(Service service) {
        List<String> texts = new ArrayList<>(service.environment().values());
        texts.addAll(service.texts("command"));
        service.node().at("/healthcheck/test").forEach(word -> texts.add(word.asText()));
        file.mounts(service).stream()
                .filter(Files::exists)
                .flatMap(AddressCheck::settings)
                .forEach(mounted -> texts.add(Sources.text(mounted)));
        for (String text : texts) {
            for (MatchResult address : ADDRESS.matcher(text).results().toList()) {
                address(service, address.group(1), Integer.parseInt(address.group(2)));
            }
        }
    }

    private void address(Service from, String host, int port) {
        if (host.equals("localhost") && from.texts("ports").stream().anyMatch(it -> outside(it) == port)) {
            return; // as programs on this machine see it
        }
        Optional<Service> to = host.equals("localhost") ? Optional.of(from) : file.service(host);
        if (to.filter(it -> listens(it, port)).isEmpty()) {
            say(from, "nobody listens on " + host + ":" + port);
        }
    }

    /** What is mounted and says where others are: no dashboards, and no tests of alerts. */
    private static Stream<Path> settings(Path mounted) {
        try (Stream<Path> files = Files.walk(mounted)) {
            return files.filter(it -> it.toString().matches(".*(?<!_test)\\.(yml|yaml|conf)")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prometheus asks our services where they answer, and finds what it asks for by name. */
    private void scrapes(Service service) {
        for (JsonNode scrape :
                Sources.tree(file.mounted(service, "prometheus.yml")).path("scrape_configs")) {
            String path = scrape.path("metrics_path").asText("/metrics");
            scrape.at("/static_configs/0/targets").forEach(target -> dev.streampane.checks.facts.Service.named(
                            target.asText().replaceAll(":.*", ""))
                    .filter(own -> !Ports.answers(own, outside(target.asText()), path))
                    .ifPresent(own -> say(service, target.asText() + " does not answer " + path)));
            JsonNode found = scrape.at("/dns_sd_configs/0");
            found.path("names")
                    .forEach(name ->
                            address(service, name.asText(), found.path("port").asInt()));
        }
    }

    private void say(Service service, String finding) {
        findings.add(service.name() + ": " + finding);
    }
}
