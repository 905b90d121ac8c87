// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.streampane.checks.compose.ComposeFile.Service;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with a compose file by itself: images, limits, health, order, addresses, secrets, files and variables. */
final class ComposeCheck {

    private static final Pattern PUBLISHED = Pattern.compile("127\\.0\\.0\\.1:\\d{1,5}:(\\d{1,5})");
    private static final Pattern SECRET = Pattern.compile(".*(?:PASSWORD|TOKEN|SECRET|_KEY|KEY_ID)(?:_.*)?");

    /** For an S3 server that authenticates nobody: adobe/S3Mock 4.9.1, {@code docs/tasks.md}, 32 and 34. */
    private static final String NO_SECRET = "any";

    private static final String HEALTHY = "service_healthy";
    private static final String COMPLETED = "service_completed_successfully";

    private final ComposeFile file;
    private final List<String> findings = new ArrayList<>();

    private ComposeCheck(ComposeFile file) {
        this.file = file;
    }

    static List<String> findings(ComposeFile file) {
        ComposeCheck check = new ComposeCheck(file);
        check.variables();
        check.builds();
        for (Service service : file.services()) {
            check.image(service);
            check.life(service);
            check.order(service);
            check.ports(service);
            check.secrets(service);
            check.files(service);
        }
        return check.findings;
    }

    /** Without a policy Compose pulls what is missing before it builds it: docker/compose v5.5.0, {@code pkg/compose/pull.go}, mustPull. */
    private void image(Service service) {
        String image = service.image();
        if (Images.isOwn(image)) {
            require(
                    service.node().path("pull_policy").asText().equals("never"),
                    service,
                    "its image may come from strangers");
            require(Images.exists(image), service, "image " + image + " is not made here");
        } else {
            require(Images.isPinned(image), service, "image " + image + " has no exact version");
        }
        service.containerfile()
                .ifPresent(path ->
                        require(Files.exists(Checkout.root().resolve(path)), service, path + " does not exist"));
    }

    /** Two builds of one tag at the same time: the later one may fail. */
    private void builds() {
        file.services().stream()
                .filter(service -> Images.isOwn(service.image()))
                .collect(groupingBy(Service::image, TreeMap::new, toList()))
                .forEach((image, services) -> {
                    List<String> builders = services.stream()
                            .filter(it -> it.containerfile().isPresent())
                            .map(Service::name)
                            .toList();
                    if (builders.size() != 1) {
                        findings.add(image + " is built by " + builders);
                    }
                });
    }

    private void life(Service service) {
        require(service.node().has("mem_limit"), service, "has no memory limit");
        require(service.node().has("restart"), service, "does not say when it is started again");
        // what watches the jobs serves nobody
        if (!service.runsOnce() && !service.repository().equals("streampane/command")) {
            require(hasHealthCheck(service), service, "has no health check");
        }
        require(
                !service.node().toString().matches(".*\\bsleep\\b.*"),
                service,
                "sleeps instead of waiting for something");
    }

    private static boolean hasHealthCheck(Service service) {
        return service.node().has("healthcheck")
                || service.containerfile()
                        .map(path -> Sources.text(Checkout.root().resolve(path)))
                        .filter(text -> text.contains("\nHEALTHCHECK "))
                        .isPresent();
    }

    private void order(Service service) {
        service.node().path("depends_on").properties().forEach(entry -> {
            String other = entry.getKey();
            String condition = entry.getValue().path("condition").asText();
            boolean met = file.service(other)
                    .filter(it -> it.runsOnce()
                            ? condition.equals(COMPLETED)
                            : condition.equals(HEALTHY) && hasHealthCheck(it))
                    .isPresent();
            require(met, service, "waits for %s of %s, which never comes".formatted(condition, other));
        });
    }

    private void ports(Service service) {
        for (String port : service.texts("ports")) {
            require(PUBLISHED.matcher(port).matches(), service, "port " + port + " is open to other machines, or none");
        }
    }

    private void secrets(Service service) {
        service.writtenEnvironment().forEach((name, value) -> {
            if (SECRET.matcher(name).matches()) {
                Set<String> variables = Variables.named(value);
                boolean fromOutside = variables.size() == 1
                        && value.startsWith("${")
                        && variables.stream().allMatch(it -> file.variables()
                                .value(it)
                                .filter(String::isEmpty)
                                .isPresent());
                require(fromOutside || value.equals(NO_SECRET), service, name + " is a secret in a file");
            }
        });
    }

    private void files(Service service) {
        for (String volume : service.texts("volumes")) {
            String source = volume.substring(0, volume.indexOf(':'));
            if (source.startsWith(".")) {
                Path path = file.folder().resolve(source).normalize();
                require(Files.exists(path), service, source + " does not exist");
            } else {
                require(file.volumes().has(source), service, "volume " + source + " is not declared");
            }
        }
        for (String argument : service.texts("entrypoint")) {
            for (String volume : service.texts("volumes")) {
                String[] parts = volume.split(":");
                if (argument.startsWith(parts[1] + "/")) {
                    Path path = file.folder().resolve(parts[0] + argument.substring(parts[1].length()));
                    require(Files.exists(path), service, path.normalize() + " does not exist");
                }
            }
        }
    }

    private void variables() {
        Set<String> named = Variables.named(file.text().replaceAll("(?m)^\\s*#.*", ""));
        for (String name : named) {
            if (file.variables().value(name).isEmpty()) {
                findings.add(name + " is not in .env");
            }
        }
        Set<String> unused = new TreeSet<>(file.variables().names());
        unused.removeAll(named);
        unused.removeIf(name -> name.startsWith("COMPOSE_"));
        unused.forEach(name -> findings.add(name + " of .env is not in compose.yaml"));
        file.variables().undocumented().forEach(name -> findings.add(name + " of .env has no comment"));
        Set<String> mounted = new TreeSet<>();
        file.services().forEach(service -> service.texts("volumes").forEach(v -> mounted.add(v.split(":")[0])));
        file.volumes().fieldNames().forEachRemaining(volume -> {
            if (!mounted.contains(volume)) {
                findings.add("volume " + volume + " is not mounted");
            }
        });
    }

    private void require(boolean met, Service service, String finding) {
        if (!met) {
            findings.add(service.name() + ": " + finding);
        }
    }

    /** The port inside of the container. */
    static int container(String published) {
        Matcher port = PUBLISHED.matcher(published);
        return port.matches() ? Integer.parseInt(port.group(1)) : -1;
    }
}
