// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.containers;

import dev.streampane.checks.containers.Containerfile.Stage;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Maven;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with a Containerfile that an engine would build, or would find out only after minutes. */
final class ContainerfileCheck {

    private static final Path ROOT = Checkout.root();
    private static final String LABEL = "org.opencontainers.image.";
    private static final List<String> LABELS =
            List.of("title", "description", "version", "revision", "licenses", "base.name");
    private static final Pattern PAIR = Pattern.compile("([\\w.]+)=(\"[^\"]*\"|\\S+)");
    private static final Pattern COPY_FROM = Pattern.compile("--from=(\\S+)\\s+(.*)");
    private static final Pattern USER = Pattern.compile("[1-9]\\d*(?::\\d+)?");
    private static final Pattern HEALTHY = Pattern.compile("\"--healthy\",\\s*\"([^\"]+)\"");
    private static final Pattern OWN =
            Pattern.compile("/target/[a-z-]+?-(\\d+\\.\\d+\\.\\d+)(?:-runner|-job\\.jar|\\.jar)");
    private static final Pattern FLINK = Pattern.compile("(?:/flink:|flink-s3-fs-hadoop-)(\\d+(?:\\.\\d+)+)");

    private static final Pattern OURS = Pattern.compile("<flink\\.version>([^<]+)<");

    private final String text;
    private final Containerfile file;
    private final List<String> findings = new ArrayList<>();

    private ContainerfileCheck(String text, Map<String, String> arguments) {
        this.text = text;
        this.file = Containerfile.parse(text, arguments);
    }

    /** Of an image without a service, such as the job image. */
    static List<String> findings(String text) {
        ContainerfileCheck check = new ContainerfileCheck(text, Map.of());
        check.everywhere();
        return check.findings;
    }

    /** Of a service's image, built with its name and port as arguments. */
    static List<String> findings(String text, Service service) {
        int port = Ports.of(service);
        ContainerfileCheck check =
                new ContainerfileCheck(text, Map.of("SERVICE", service.module(), "PORT", String.valueOf(port)));
        check.everywhere();
        check.service(service, String.valueOf(port));
        return check.findings;
    }

    private void everywhere() {
        Set<String> names = new TreeSet<>();
        for (Stage stage : file.stages()) {
            if (!names.contains(stage.image()) && !Images.isPinned(stage.image())) {
                findings.add("FROM " + stage.image() + " has no version");
            }
            stage.all("COPY").forEach(copy -> copied(copy, names));
            stage.all("RUN").forEach(this::run);
            if (stage.name() != null) {
                names.add(stage.name());
            }
        }
        Stage image = file.image();
        if (!image.last("USER").filter(user -> USER.matcher(user).matches()).isPresent()) {
            findings.add("USER is no number other than 0");
        }
        image.all("ENTRYPOINT")
                .filter(command -> !command.startsWith("["))
                .forEach(command -> findings.add("ENTRYPOINT needs a shell: " + command));
        labels(image);
        versions();
    }

    private void copied(String copy, Set<String> stages) {
        Matcher from = COPY_FROM.matcher(copy);
        if (from.matches()) {
            if (!stages.contains(from.group(1)) && !Images.isPinned(from.group(1))) {
                findings.add("COPY --from=" + from.group(1) + " is no stage");
            }
            return;
        }
        String[] words = copy.replaceAll("--\\S+\\s+", "").split("\\s+");
        for (int i = 0; i < words.length - 1; i++) {
            if (!Files.exists(ROOT.resolve(words[i]))) {
                findings.add("COPY " + words[i] + " is not in the checkout");
            }
        }
    }

    private void run(String command) {
        Maven.problems(command).forEach(findings::add);
        for (MatchResult built : OWN.matcher(command).results().toList()) {
            if (!built.group(1).equals(Images.version())) {
                findings.add(built.group() + " is not of version " + Images.version());
            }
        }
    }

    private void labels(Stage image) {
        Map<String, String> labels = pairs(image, "LABEL");
        for (String label : LABELS) {
            if (labels.getOrDefault(LABEL + label, "").isEmpty()) {
                findings.add("LABEL " + LABEL + label + " is missing");
            }
        }
        if (!Images.version().equals(labels.get(LABEL + "version"))) {
            findings.add("LABEL version is not " + Images.version());
        }
        if (!image.image().equals(labels.get(LABEL + "base.name"))) {
            findings.add("LABEL base.name is not " + image.image());
        }
    }

    private void versions() {
        MatchResult ours = Sources.find(OURS, "pom.xml");
        FLINK.matcher(text)
                .results()
                .filter(flink -> !flink.group(1).equals(ours.group(1)))
                .forEach(flink -> findings.add(flink.group() + " is not Flink " + ours.group(1)));
    }

    private void service(Service service, String port) {
        Stage image = file.image();
        if (!image.last("EXPOSE").equals(Optional.of(port))) {
            findings.add("EXPOSE is not the port of " + service.module() + ", " + port);
        }
        Map<String, String> environment = pairs(image, "ENV");
        if (!port.equals(environment.get("QUARKUS_HTTP_PORT"))) {
            findings.add("ENV QUARKUS_HTTP_PORT is not " + port);
        }
        ServiceSettings.of(service)
                .unread(environment.keySet())
                .forEach(name -> findings.add("ENV " + name + " is read by nobody"));
        Matcher healthy = HEALTHY.matcher(image.last("HEALTHCHECK").orElse(""));
        if (!healthy.find()) {
            findings.add("HEALTHCHECK does not ask --healthy");
        } else if (!Paths.has(service, healthy.group(1))) {
            findings.add("HEALTHCHECK asks " + healthy.group(1) + ", which nobody answers");
        }
        if (image.last("ENTRYPOINT").isEmpty()) {
            findings.add("ENTRYPOINT is missing");
        }
    }

    private static Map<String, String> pairs(Stage stage, String keyword) {
        Map<String, String> pairs = new TreeMap<>();
        stage.all(keyword)
                .flatMap(value -> PAIR.matcher(value).results())
                .forEach(pair -> pairs.put(pair.group(1), pair.group(2).replaceAll("^\"|\"$", "")));
        return pairs;
    }
}
