// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.fields;
import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static dev.streampane.checks.facts.Sources.texts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Findings;
import dev.streampane.checks.facts.FlinkSettings;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Programs;
import dev.streampane.checks.facts.ServiceSettings;
import dev.streampane.checks.facts.Sources;
import dev.streampane.checks.facts.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Variables, arguments, files and settings of programs, against what each reads, and values that name what is somewhere else. */
final class SettingChecks {

    private static final Pattern FLINK = Pattern.compile("<flink\\.version>(\\d+)\\.(\\d+)\\.");
    private static final Pattern JAR = Pattern.compile("COPY --from=build /app/(\\S+\\.jar) (\\S+/)");
    private static final Pattern MAIN_CLASS = Pattern.compile("<mainClass>([^<]+)</mainClass>");

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

    /** Settings that Kafka's clients do not have, and topics of Telegraf that nobody writes. */
    static void files(Manifests manifests, Findings found) {
        for (JsonNode map : manifests.all("ConfigMap")) {
            fields(map.path("data")).forEach((file, text) -> {
                Stream<String> problems = file.equals("telegraf.conf")
                        ? Topics.ofTelegraf(text)
                        : file.endsWith(".properties") ? unknown(text) : Stream.of();
                problems.forEach(it -> found.say("%s: %s", Manifests.nameOf(map), it));
            });
        }
    }

    private static Stream<String> unknown(String properties) {
        return properties
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("=.*", ""))
                .filter(key -> !ServiceSettings.kafka().contains(key) && !key.startsWith("config.providers"))
                .map(key -> "no Kafka client has " + key);
    }

    /** Arguments and variables that a job refuses. */
    static void arguments(Manifests manifests, Findings found) {
        for (Pods job : manifests.jobs()) {
            List<String> arguments = List.copyOf(texts(job.owner().at("/spec/job/args")));
            JobOptions.refusal(arguments, Pods.environment(job.containers().get(0)))
                    .ifPresent(why -> found.say("%s: %s", job.name(), why));
        }
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

    /** Topics and buckets of jobs that nobody makes; the buckets of an installation without an S3 server are one, made by its owner. */
    static void values(Manifests manifests, Findings found) {
        Set<String> made = manifests.pods().stream()
                .flatMap(it -> it.containers().stream())
                .flatMap(it -> Programs.buckets(Pods.environment(it)).stream())
                .collect(Collectors.toSet());
        Set<String> named = new TreeSet<>();
        for (Pods job : manifests.jobs()) {
            job.arguments().forEach((option, value) -> {
                boolean there = !option.endsWith("-topic") || Topics.names().contains(value);
                found.unless(there, "%s: %s is no topic", job.name(), value);
            });
            Stream.concat(job.arguments().values().stream(), job.flink().values().stream())
                    .flatMap(it -> Programs.bucket(it).stream())
                    .forEach(named::add);
        }
        boolean there = made.isEmpty() ? named.size() <= 1 : made.containsAll(named);
        found.unless(there, "jobs name the buckets %s, of which %s are made", named, made);
    }

    /** Files that variables and arguments name must lie in something that is mounted. */
    static void mounts(Manifests manifests, Findings found) {
        for (Pods pods : manifests.pods()) {
            for (JsonNode container : pods.containers()) {
                List<String> mounted = items(container, "/volumeMounts")
                        .map(it -> text(it, "/mountPath"))
                        .toList();
                for (String text : pods.told(container)) {
                    int at = text.indexOf("/etc/streampane/");
                    boolean there = at < 0 || mounted.stream().anyMatch(it -> text.startsWith(it, at));
                    found.unless(there, "%s: nothing is mounted at %s", pods.name(), text);
                }
            }
        }
    }

    /** Settings of Flink that its version does not have, and what a FlinkDeployment says a second time. */
    static void jobs(Manifests manifests, Findings found) {
        MatchResult version = Sources.find(FLINK, "pom.xml");
        MatchResult copied = Sources.find(JAR, "deploy/containers/job.Containerfile");
        MatchResult mainClass = Sources.find(MAIN_CLASS, "flink-pipeline/pom.xml");
        for (Pods job : manifests.jobs()) {
            Map<String, String> arguments = job.arguments();
            Map<String, String> flink = job.flink();
            FlinkSettings.unknown(flink.keySet())
                    .forEach(it -> found.say("%s: Flink has no option %s", job.name(), it));
            int slots = job.owner().at("/spec/taskManager/replicas").asInt()
                    * Integer.parseInt(flink.getOrDefault("taskmanager.numberOfTaskSlots", "0"));
            Map<String, String> wanted = Map.of(
                    "/spec/flinkVersion",
                    "v" + version.group(1) + "_" + version.group(2),
                    "/spec/job/jarURI",
                    "local://" + copied.group(2) + copied.group(1),
                    "/spec/job/entryClass",
                    mainClass.group(1),
                    "/spec/job/parallelism",
                    String.valueOf(slots),
                    "/spec/job/args/0",
                    job.service(),
                    // else a process lives on without the threads that memory has ended
                    "/spec/flinkConfiguration/env.java.opts.jobmanager",
                    "-XX:+ExitOnOutOfMemoryError",
                    "/spec/flinkConfiguration/env.java.opts.taskmanager",
                    "-XX:+ExitOnOutOfMemoryError",
                    // its variables would be taken for options
                    "/spec/podTemplate/spec/enableServiceLinks",
                    "false");
            wanted.forEach((field, value) -> {
                String is = text(job.owner(), field);
                found.unless(is.equals(value), "%s: %s is %s, not %s", job.name(), field, is, value);
            });
            boolean same = String.valueOf(slots).equals(arguments.get("parallelism"));
            found.unless(same, "%s: --parallelism is %s", job.name(), arguments.get("parallelism"));
            found.unless(arguments.containsKey("generation"), "%s: no --generation", job.name());
        }
    }
}
