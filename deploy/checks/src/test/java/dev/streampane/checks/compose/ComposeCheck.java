// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.compose.ComposeFile.Container;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.control.StackPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a compose file says of this project that is not so: images, files, variables, ports and addresses. That it comes up, with health and
 * order, is shown by bringing it up: {@code deploy/containers/smoke compose}.
 */
final class ComposeCheck {

    private static final Pattern ADDRESS = Pattern.compile("(?<![\\w.-])([a-z][a-z0-9-]+)[:/](\\d{2,5})(?!\\d)");

    private final ComposeFile file;
    private final Findings found;

    ComposeCheck(ComposeFile file, Findings found) {
        this.file = file;
        this.found = found;
    }

    void check() {
        variables();
        for (Container container : file.containers()) {
            image(container);
            container.mounts().forEach(it -> exists(container, it));
            ports(container);
            addresses(container);
            health(container);
            scrapes(container);
            disk(container);
        }
    }

    private void variables() {
        Set<String> named = ComposeFile.named(file.yaml().replaceAll("(?m)^\\s*#.*", ""));
        named.forEach(it -> found.unless(file.variables().containsKey(it), "%s is not in .env", it));
        file.variables().keySet().stream()
                .filter(it -> !it.startsWith("COMPOSE_"))
                .forEach(it -> found.unless(named.contains(it), "%s of .env is not in compose.yaml", it));
    }

    /** Without a policy Compose pulls what is missing before it builds it, and our images' names are anybody's. */
    private void image(Container container) {
        String image = container.image();
        if (Images.isOwn(image)) {
            boolean never = text(container.node(), "/pull_policy").equals("never");
            require(never, container, "its image may come from strangers");
            require(Images.exists(image), container, "image " + image + " is not made here");
        }
        container.containerfile().ifPresent(it -> exists(container, it));
        container.own().ifPresent(own -> {
            boolean same = container.node().at("/build/args/PORT").asInt() == Ports.of(own);
            require(same, container, "is built for another port than " + Ports.of(own));
        });
    }

    private void exists(Container container, Path path) {
        require(Files.exists(path), container, path.getFileName() + " does not exist");
    }

    private void ports(Container container) {
        for (String port : container.texts("ports")) {
            String[] parts = port.split(":");
            require(listens(container, parts[2]), container, "does not listen on " + parts[2]);
            boolean told = !container.repository().equals("apache/kafka")
                    || container.environment().get("KAFKA_ADVERTISED_LISTENERS").contains("localhost:" + parts[1]);
            require(told, container, "is published on " + parts[1] + ", and tells clients another port");
            boolean guarded = container.own().isEmpty()
                    || container.environment().entrySet().stream()
                            .anyMatch(it -> it.getKey().endsWith("_LOOPBACK_HOSTS")
                                    && it.getValue().equals("true"));
            require(guarded, container, "answers pages whose name is made to lead to " + parts[0]);
            boolean usual = container.own().stream().allMatch(it -> parts[1].equals("" + Ports.of(it)));
            require(usual, container, "is published on " + parts[1] + ", not where every page says it is");
        }
    }

    /** Of containers of others this is what the file itself says of them. */
    private static boolean listens(Container container, String port) {
        Optional<Service> own = container.own();
        if (own.isPresent()) {
            return Set.of(Ports.of(own.get()), Ports.management(own.get())).contains(Integer.valueOf(port));
        }
        if (container.repository().equals("streampane/flink-job")) {
            return port.equals("" + Ports.of(StackPort.FLINK))
                    || port.equals(container.flinkProperties().get("metrics.reporter.prom.port"));
        }
        List<String> said = container.repository().equals("apache/kafka")
                ? List.of(container.environment().get("KAFKA_LISTENERS"))
                : List.of(container.node().toString(), container.mounted("telegraf.conf"));
        return said.stream().anyMatch(it -> it.matches("(?s).*:" + port + "\\b.*"));
    }

    /** Each {@code host:port} in variables, arguments, health checks and mounted files, as seen from inside of the network. */
    private void addresses(Container container) {
        List<String> texts = new ArrayList<>(container.environment().values());
        texts.addAll(container.texts("command"));
        texts.addAll(container.texts("entrypoint"));
        container.node().at("/healthcheck/test").forEach(word -> texts.add(word.asText()));
        container.mounts().stream()
                .filter(Files::exists)
                .flatMap(ComposeCheck::settings)
                .forEach(it -> texts.add(Sources.text(it)));
        texts.stream()
                .flatMap(it -> ADDRESS.matcher(it).results())
                .forEach(it -> address(container, it.group(1), it.group(2)));
    }

    private void address(Container from, String host, String port) {
        boolean own = host.equals("localhost");
        // as programs on this machine see it
        boolean published = own && from.texts("ports").stream().anyMatch(it -> it.contains(":" + port + ":"));
        boolean heard = (own ? Optional.of(from) : file.container(host))
                .filter(it -> listens(it, port))
                .isPresent();
        require(published || heard, from, "nobody listens on " + host + ":" + port);
    }

    /** Docker's client may give each container a proxy, which wget of BusyBox asks whatever {@code no_proxy} says. */
    private void health(Container container) {
        String test = container.node().at("/healthcheck/test").toString();
        boolean direct = !test.matches(".*\\b(curl|wget)\\b.*")
                || test.contains("\"--noproxy\",\"*\"")
                || test.contains("\"-Y\",\"off\"");
        require(direct, container, "its health check may ask a proxy");
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
    private void scrapes(Container container) {
        for (JsonNode scrape : Sources.tree(container.mounted("prometheus.yml")).path("scrape_configs")) {
            String path = scrape.path("metrics_path").asText("/metrics");
            for (JsonNode target : scrape.at("/static_configs/0/targets")) {
                String[] asked = target.asText().split(":");
                boolean answers = Service.named(asked[0]).stream()
                        .allMatch(it -> Ports.answers(it, Integer.parseInt(asked[1]), path));
                require(answers, container, target.asText() + " does not answer " + path);
            }
            JsonNode dns = scrape.at("/dns_sd_configs/0");
            dns.path("names").forEach(it -> address(container, it.asText(), text(dns, "/port")));
        }
    }

    /** A volume is on a disk of the machine, most of which others may have filled: no new index gets a shard where it is 90 % full. */
    private void disk(Container container) {
        boolean others = !container.repository().equals("docker.elastic.co/elasticsearch/elasticsearch")
                || "false".equals(container.environment().get("cluster.routing.allocation.disk.threshold_enabled"));
        require(others, container, "takes no documents on a disk that is 90 % full");
    }

    private void require(boolean right, Container container, String finding) {
        found.unless(right, "%s: %s", container.name(), finding);
    }
}
