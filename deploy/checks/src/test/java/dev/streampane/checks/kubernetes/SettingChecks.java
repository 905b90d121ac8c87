// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.CommandLines;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.ObjectStore;
import dev.streampane.checks.facts.Programs;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.facts.TelegrafOptions;
import dev.streampane.checks.facts.Topics;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Variables, arguments and files of programs, against what each reads, and values that name what is somewhere else. */
final class SettingChecks {

    private static final String TELEGRAF = "telegraf.conf";
    private static final String PROVIDERS = "config.providers";

    private SettingChecks() {}

    /** Variables that no program reads. */
    static List<String> variables(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            String image = pods.owner().at("/spec/image").asText();
            for (JsonNode container : pods.containers()) {
                List<String> texts = new ArrayList<>(pods.files(manifests).values());
                texts.addAll(Sources.texts(container.path("args")));
                Programs.unread(
                                container.path("image").asText(image),
                                Pods.environment(container).keySet(),
                                texts,
                                List.of(job(pods)))
                        .forEach(name -> problems.add(pods.name() + ": nothing reads " + name));
            }
        }
        return problems;
    }

    /** Settings of Telegraf and of Kafka's clients that they do not have. */
    static List<String> files(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        Map<String, String> influx = manifests.pods().stream()
                .filter(pods -> pods.service().equals("influxdb"))
                .map(pods -> Pods.environment(pods.containers().get(0)))
                .findFirst()
                .orElse(Map.of());
        for (JsonNode map : manifests.all("ConfigMap")) {
            Sources.fields(map.path("data")).forEach((file, text) -> {
                List<String> unknown = file.equals(TELEGRAF)
                        ? TelegrafOptions.problems(text, influx)
                        : file.endsWith(".properties") ? unknown(text) : List.of();
                unknown.forEach(problem -> problems.add(Manifests.nameOf(map) + ": " + problem));
            });
        }
        return problems;
    }

    private static List<String> unknown(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.stringPropertyNames().stream()
                .filter(key -> !ServiceSettings.kafka().contains(key) && !key.startsWith(PROVIDERS))
                .map(key -> "no Kafka client has " + key)
                .toList();
    }

    /** Arguments that the command refuses. */
    static List<String> command(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.containers()) {
                if (Programs.isCommand(container.path("image").asText())) {
                    CommandLines.parse(
                            List.copyOf(Sources.texts(container.path("args"))),
                            problem -> problems.add(pods.name() + ": " + problem));
                }
            }
        }
        return problems;
    }

    /** Arguments that jobs do not read. */
    static List<String> jobs(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods().stream().filter(Pods::isFlink).toList()) {
            if (!job(pods).equals(pods.service()) || !JobOptions.jobs().contains(job(pods))) {
                problems.add(pods.name() + ": its job is " + job(pods));
            }
            arguments(pods).keySet().stream()
                    .filter(option -> !JobOptions.of(job(pods)).contains(option))
                    .forEach(option ->
                            problems.add("%s: %s has no option --%s".formatted(pods.name(), job(pods), option)));
        }
        return problems;
    }

    /** Topics and buckets of jobs that nobody makes, and the folder of an S3 server that is no volume. */
    static List<String> values(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        Set<String> made = new TreeSet<>();
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.containers()) {
                Map<String, String> environment = Pods.environment(container);
                made.addAll(ObjectStore.buckets(environment));
                ObjectStore.folder(environment)
                        .filter(folder -> Sources.items(container.path("volumeMounts"))
                                .noneMatch(mount ->
                                        mount.path("mountPath").asText().equals(folder)))
                        .ifPresent(it -> problems.add(pods.name() + ": " + it + " is no volume"));
            }
        }
        for (Pods pods : manifests.pods().stream().filter(Pods::isFlink).toList()) {
            Map<String, String> arguments = arguments(pods);
            arguments.forEach((option, value) -> {
                if (option.endsWith("-topic") && !Topics.names().contains(value)) {
                    problems.add(pods.name() + ": " + value + " is no topic");
                }
            });
            Stream.concat(
                            arguments.values().stream(),
                            Sources.texts(pods.owner().at("/spec/flinkConfiguration")).stream())
                    .map(ObjectStore::bucket)
                    .flatMap(Optional::stream)
                    .forEach(bucket -> {
                        if (made.isEmpty()) {
                            // made by who installs production: one for all
                            made.add(bucket);
                        }
                        if (!made.contains(bucket)) {
                            problems.add(pods.name() + ": nobody makes the bucket " + bucket);
                        }
                    });
        }
        return problems;
    }

    /** The arguments of a job by option, all of them as {@code --option=value}. */
    static Map<String, String> arguments(Pods pods) {
        Map<String, String> arguments = new LinkedHashMap<>();
        Sources.items(pods.owner().at("/spec/job/args")).skip(1).forEach(argument -> {
            String[] parts = argument.asText().split("=", 2);
            arguments.put(parts[0].replaceFirst("^--", ""), parts.length == 2 ? parts[1] : "");
        });
        return arguments;
    }

    /** The job that pods run; no text for other pods. */
    private static String job(Pods pods) {
        return pods.owner().at("/spec/job/args/0").asText();
    }
}
