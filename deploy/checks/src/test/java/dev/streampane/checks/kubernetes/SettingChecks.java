// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.fields;
import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static dev.streampane.checks.facts.Sources.texts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.FlinkSettings;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Variables, arguments, files and settings of programs, against what each reads, and values that name what is somewhere else. */
final class SettingChecks {

    private static final Pattern FLINK = Pattern.compile("<flink\\.version>(\\d+)\\.(\\d+)\\.");
    private static final Pattern JAR = Pattern.compile("COPY --from=build /app/(\\S+\\.jar) (\\S+/)");
    private static final Pattern MAIN_CLASS = Pattern.compile("<mainClass>([^<]+)</mainClass>");

    /**
     * Here the operator mounts an empty folder in JobManagers of {@code mode: standalone}: apache/flink-kubernetes-operator
     * 1.15.0, {@code flink-kubernetes-standalone/…/decorators/UserLibMountDecorator.java}.
     */
    private static final String HIDDEN = "local:///opt/flink/usrlib/";

    private static final List<String> DIRECTORIES = List.of(
            "execution.checkpointing.dir", "execution.checkpointing.savepoint-dir", "high-availability.storageDir");

    private SettingChecks() {}

    /** Variables that no program reads. */
    static void variables(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            String image = text(pods.owner(), "/spec/image");
            for (JsonNode container : pods.containers()) {
                List<String> texts = new ArrayList<>(pods.files(manifests).values());
                texts.addAll(texts(container.path("args")));
                Set<String> variables = Pods.environment(container).keySet();
                Programs.unread(container.path("image").asText(image), variables, texts, List.of(pods.job()))
                        .forEach(it -> found.say("%s: nothing reads %s", pods.name(), it));
            }
        }
    }

    /** Settings of Telegraf and of Kafka's clients that they do not have. */
    static void files(Manifests manifests, Findings found) {
        Map<String, String> influx = manifests
                .find("Deployment", "influxdb")
                .map(it -> Pods.environment(it.at("/spec/template/spec/containers/0")))
                .orElse(Map.of());
        for (JsonNode map : manifests.all("ConfigMap")) {
            fields(map.path("data")).forEach((file, text) -> {
                Stream<String> problems = file.equals("telegraf.conf")
                        ? TelegrafOptions.problems(text, influx).stream()
                        : file.endsWith(".properties") ? unknown(text) : Stream.of();
                problems.forEach(it -> found.say("%s: %s", Manifests.nameOf(map), it));
            });
        }
    }

    private static Stream<String> unknown(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.stringPropertyNames().stream()
                .filter(key -> !ServiceSettings.kafka().contains(key) && !key.startsWith("config.providers"))
                .map(key -> "no Kafka client has " + key);
    }

    /** Arguments that the command refuses. */
    static void command(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            pods.containers().stream()
                    .filter(it -> Programs.isCommand(text(it, "/image")))
                    .map(it -> List.copyOf(texts(it.path("args"))))
                    .forEach(it -> Programs.parse(it, why -> found.say("%s: %s", pods.name(), why)));
        }
    }

    /** Topics and buckets of jobs that nobody makes, and the folder of an S3 server that is no volume. */
    static void values(Manifests manifests, Findings found) {
        Set<String> made = new TreeSet<>();
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.containers()) {
                Map<String, String> environment = Pods.environment(container);
                made.addAll(Programs.buckets(environment));
                Programs.storeFolder(environment)
                        .ifPresent(folder -> found.unless(
                                items(container, "/volumeMounts")
                                        .anyMatch(it -> text(it, "/mountPath").equals(folder)),
                                "%s: %s is no volume",
                                pods.name(),
                                folder));
            }
        }
        for (Pods job : manifests.jobs()) {
            job.arguments().forEach((option, value) -> {
                boolean there = !option.endsWith("-topic") || Topics.names().contains(value);
                found.unless(there, "%s: %s is no topic", job.name(), value);
            });
            Stream.concat(job.arguments().values().stream(), job.flink().values().stream())
                    .map(Programs::bucket)
                    .flatMap(Optional::stream)
                    .forEach(bucket -> {
                        if (made.isEmpty()) {
                            // made by who installs production: one for all
                            made.add(bucket);
                        }
                        found.unless(made.contains(bucket), "%s: nobody makes the bucket %s", job.name(), bucket);
                    });
        }
    }

    /** Settings of Flink that its version does not have. */
    static void flink(Manifests manifests, Findings found) {
        for (Pods job : manifests.jobs()) {
            FlinkSettings.problems(job.flink()).forEach(it -> found.say("%s: %s", job.name(), it));
        }
    }

    /** What a FlinkDeployment says twice, and what each must say: versions, generations, parallelism, state. */
    static void jobs(Manifests manifests, Findings found) {
        MatchResult version = Sources.find(FLINK, "pom.xml");
        MatchResult copied = Sources.find(JAR, "deploy/containers/job.Containerfile");
        for (Pods job : manifests.jobs()) {
            JsonNode spec = job.owner().path("spec");
            Map<String, String> arguments = job.arguments();
            Map<String, String> flink = job.flink();
            int slots = spec.at("/taskManager/replicas").asInt()
                    * Integer.parseInt(flink.getOrDefault("taskmanager.numberOfTaskSlots", "0"));
            Map<String, String> wanted = new LinkedHashMap<>();
            wanted.put("/flinkVersion", "v" + version.group(1) + "_" + version.group(2));
            wanted.put("/job/upgradeMode", "savepoint");
            wanted.put("/job/jarURI", "local://" + copied.group(2) + copied.group(1));
            wanted.put(
                    "/job/entryClass",
                    Sources.find(MAIN_CLASS, "flink-pipeline/pom.xml").group(1));
            wanted.put("/job/parallelism", String.valueOf(slots));
            wanted.put("/job/args/0", job.service());
            wanted.forEach((field, value) -> found.unless(
                    text(spec, field).equals(value),
                    "%s: %s is %s, not %s",
                    job.name(),
                    field,
                    text(spec, field),
                    value));
            boolean same = text(spec, "/job/parallelism").equals(arguments.get("parallelism"));
            found.unless(same, "%s: --parallelism is %s", job.name(), arguments.get("parallelism"));
            found.unless(
                    !text(spec, "/job/jarURI").startsWith(HIDDEN), "%s: the operator hides %s", job.name(), HIDDEN);
            for (String process : List.of("jobManager", "taskManager")) {
                String factor = "kubernetes.%s.cpu.limit-factor".formatted(process.toLowerCase(Locale.ROOT));
                double limit = spec.at("/" + process + "/resource/cpu").asDouble()
                        * Double.parseDouble(flink.getOrDefault(factor, "1"));
                found.unless(limit >= 1, "%s: %s may take %s of a core", job.name(), process, limit);
            }
            found.unless(arguments.containsKey("generation"), "%s: no --generation", job.name());
            for (String directory : DIRECTORIES) {
                boolean shared = flink.getOrDefault(directory, "").startsWith("s3://");
                found.unless(shared, "%s: %s is not on S3", job.name(), directory);
            }
        }
    }
}
