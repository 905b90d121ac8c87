// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.containers;

import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.Images;
import dev.streampane.checks.facts.Maven;
import dev.streampane.checks.facts.Paths;
import dev.streampane.checks.facts.Ports;
import dev.streampane.checks.facts.Service;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is wrong with a Containerfile that an engine would build, or would find out only after minutes. */
final class ContainerfileCheck {

    private static final String LABEL = "org.opencontainers.image.";
    private static final List<String> LABELS =
            List.of("title", "description", "version", "revision", "licenses", "base.name");
    private static final Pattern CONTINUED = Pattern.compile("\\\\\\n\\s*");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*\\n?");
    private static final Pattern FROM = Pattern.compile("(\\S+)(?:\\s+AS\\s+(\\S+))?");
    private static final Pattern PAIR = Pattern.compile("([\\w.]+)=(\"[^\"]*\"|\\S+)");
    private static final Pattern COPY_FROM = Pattern.compile("--from=(\\S+)\\s+(.*)");
    private static final Pattern HEALTHY = Pattern.compile("\"--healthy\",\\s*\"([^\"]+)\"");
    private static final Pattern OWN =
            Pattern.compile("/target/[a-z-]+?-(\\d+\\.\\d+\\.\\d+)(?:-runner|-job\\.jar|\\.jar)");
    private static final Pattern FLINK = Pattern.compile("(?:/flink:|flink-s3-fs-hadoop-)(\\d+(?:\\.\\d+)+)");
    private static final Pattern OURS = Pattern.compile("<flink\\.version>([^<]+)<");

    private final List<Stage> stages = new ArrayList<>();
    private final Findings found = new Findings();

    /** What stands below a FROM: values by keyword. */
    private record Stage(String image, String name, Map<String, List<String>> instructions) {

        List<String> all(String keyword) {
            return instructions.getOrDefault(keyword, List.of());
        }

        /** The last one, which holds. */
        String last(String keyword) {
            return all(keyword).stream().reduce("", (first, second) -> second);
        }

        Map<String, String> pairs(String keyword) {
            Map<String, String> pairs = new TreeMap<>();
            all(keyword).stream()
                    .flatMap(value -> PAIR.matcher(value).results())
                    .forEach(pair -> pairs.put(pair.group(1), pair.group(2).replaceAll("^\"|\"$", "")));
            return pairs;
        }
    }

    private ContainerfileCheck(String text, Map<String, String> arguments) {
        String joined = CONTINUED.matcher(COMMENT.matcher(text).replaceAll("")).replaceAll(" ");
        for (Map.Entry<String, String> argument : arguments.entrySet()) {
            joined = joined.replaceAll("\\$(?:\\{%s}|%1$s\\b)".formatted(argument.getKey()), argument.getValue());
        }
        for (String line : joined.lines().filter(line -> !line.isBlank()).toList()) {
            String[] words = (line.strip() + " ").split("\\s+", 2);
            String keyword = words[0].toUpperCase(Locale.ROOT);
            Matcher from = FROM.matcher(words[1].strip());
            if (keyword.equals("FROM")) {
                if (!from.matches()) {
                    throw new IllegalArgumentException("not understood: " + line);
                }
                stages.add(new Stage(from.group(1), String.valueOf(from.group(2)), new TreeMap<>()));
            } else if (!stages.isEmpty()) {
                image().instructions()
                        .computeIfAbsent(keyword, any -> new ArrayList<>())
                        .add(words[1].strip());
            }
        }
        everywhere();
        Matcher flink = FLINK.matcher(text);
        String ours = Sources.find(OURS, "pom.xml").group(1);
        while (flink.find()) {
            found.unless(flink.group(1).equals(ours), "%s is not Flink %s", flink.group(), ours);
        }
    }

    /** Of an image without a service, such as the job image. */
    static List<String> findings(String text) {
        return new ContainerfileCheck(text, Map.of()).found.all();
    }

    /** Of a service's image, built with its name and port as arguments. */
    static List<String> findings(String text, Service service) {
        String port = String.valueOf(Ports.of(service));
        ContainerfileCheck check = new ContainerfileCheck(text, Map.of("SERVICE", service.module(), "PORT", port));
        check.service(service, port);
        return check.found.all();
    }

    /** The stage that the image is made of. */
    private Stage image() {
        return stages.get(stages.size() - 1);
    }

    private void everywhere() {
        Set<String> names = new TreeSet<>();
        for (Stage stage : stages) {
            boolean known = names.contains(stage.image()) || Images.isPinned(stage.image());
            found.unless(known, "FROM %s has no version", stage.image());
            stage.all("COPY").forEach(copy -> copied(copy, names));
            stage.all("RUN").forEach(this::run);
            names.add(stage.name());
        }
        Stage image = image();
        boolean user = image.last("USER").matches("[1-9]\\d*(?::\\d+)?");
        found.unless(user, "USER is no number other than 0");
        image.all("ENTRYPOINT").forEach(it -> found.unless(it.startsWith("["), "ENTRYPOINT needs a shell: %s", it));
        Map<String, String> labels = image.pairs("LABEL");
        for (String label : LABELS) {
            boolean there = !labels.getOrDefault(LABEL + label, "").isEmpty();
            found.unless(there, "LABEL %s%s is missing", LABEL, label);
        }
        Map.of("version", Images.version(), "base.name", image.image())
                .forEach((label, value) ->
                        found.unless(value.equals(labels.get(LABEL + label)), "LABEL %s is not %s", label, value));
    }

    private void copied(String copy, Set<String> stages) {
        Matcher from = COPY_FROM.matcher(copy);
        if (from.matches()) {
            boolean there = stages.contains(from.group(1)) || Images.isPinned(from.group(1));
            found.unless(there, "COPY --from=%s is no stage", from.group(1));
            return;
        }
        String[] words = copy.replaceAll("--\\S+\\s+", "").split("\\s+");
        Stream.of(words)
                .limit(words.length - 1)
                .forEach(it ->
                        found.unless(Files.exists(Checkout.root().resolve(it)), "COPY %s is not in the checkout", it));
    }

    private void run(String command) {
        Maven.problems(command).forEach(it -> found.say("%s", it));
        for (MatchResult built : OWN.matcher(command).results().toList()) {
            boolean ours = built.group(1).equals(Images.version());
            found.unless(ours, "%s is not of version %s", built.group(), Images.version());
        }
    }

    private void service(Service service, String port) {
        Stage image = image();
        Map<String, String> environment = image.pairs("ENV");
        found.unless(image.last("EXPOSE").equals(port), "EXPOSE is not the port of %s, %s", service.module(), port);
        found.unless(port.equals(environment.get("QUARKUS_HTTP_PORT")), "ENV QUARKUS_HTTP_PORT is not %s", port);
        ServiceSettings.of(service)
                .unread(environment.keySet())
                .forEach(it -> found.say("ENV %s is read by nobody", it));
        Matcher healthy = HEALTHY.matcher(image.last("HEALTHCHECK"));
        String asked = healthy.find() ? healthy.group(1) : "";
        found.unless(!asked.isEmpty(), "HEALTHCHECK does not ask --healthy");
        boolean answered = asked.isEmpty() || Paths.has(service, asked);
        found.unless(answered, "HEALTHCHECK asks %s, which nobody answers", asked);
        found.unless(!image.last("ENTRYPOINT").isEmpty(), "ENTRYPOINT is missing");
    }
}
