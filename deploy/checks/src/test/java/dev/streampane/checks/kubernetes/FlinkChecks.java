// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.FlinkSettings;
import dev.streampane.checks.facts.Sources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What a FlinkDeployment says twice, and what each must say. */
final class FlinkChecks {

    private static final Pattern FLINK = Pattern.compile("<flink\\.version>(\\d+)\\.(\\d+)\\.");
    private static final Pattern JAR = Pattern.compile("COPY --from=build /app/(\\S+\\.jar) (\\S+/)");
    private static final Pattern MAIN_CLASS = Pattern.compile("<mainClass>([^<]+)</mainClass>");

    /**
     * Here the operator mounts an empty folder in JobManagers of {@code mode: standalone}: apache/flink-kubernetes-operator
     * 1.15.0, {@code flink-kubernetes-standalone/…/decorators/UserLibMountDecorator.java}.
     */
    private static final String HIDDEN = "local:///opt/flink/usrlib/";

    private static final String LIMIT_FACTOR = "kubernetes.%s.cpu.limit-factor";
    private static final List<String> DIRECTORIES = List.of(
            "execution.checkpointing.dir", "execution.checkpointing.savepoint-dir", "high-availability.storageDir");

    private FlinkChecks() {}

    /** Settings of Flink that its version does not have. */
    static List<String> configuration(Manifests manifests) {
        return manifests.all("FlinkDeployment").stream()
                .flatMap(deployment -> FlinkSettings.problems(Sources.fields(deployment.at("/spec/flinkConfiguration")))
                        .map(problem -> Manifests.nameOf(deployment) + ": " + problem))
                .toList();
    }

    /** Versions, generations, parallelism, state. */
    static List<String> jobs(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        MatchResult version = Sources.find(FLINK, "pom.xml");
        MatchResult copied = Sources.find(JAR, "deploy/containers/job.Containerfile");
        for (Pods pods : manifests.pods().stream().filter(Pods::isFlink).toList()) {
            JsonNode spec = pods.owner().path("spec");
            Map<String, String> arguments = SettingChecks.arguments(pods);
            Map<String, String> flink = Sources.fields(spec.path("flinkConfiguration"));
            Map<String, String> wanted = new LinkedHashMap<>();
            wanted.put("/flinkVersion", "v" + version.group(1) + "_" + version.group(2));
            wanted.put("/job/upgradeMode", "savepoint");
            wanted.put("/job/jarURI", "local://" + copied.group(2) + copied.group(1));
            wanted.put(
                    "/job/entryClass",
                    Sources.find(MAIN_CLASS, "flink-pipeline/pom.xml").group(1));
            wanted.put("/job/parallelism", arguments.get("parallelism"));
            wanted.forEach((field, value) -> {
                if (!spec.at(field).asText().equals(value)) {
                    problems.add("%s: %s is %s, not %s"
                            .formatted(pods.name(), field, spec.at(field).asText(), value));
                }
            });
            int slots = spec.at("/taskManager/replicas").asInt()
                    * Integer.parseInt(flink.getOrDefault("taskmanager.numberOfTaskSlots", "0"));
            if (slots != spec.at("/job/parallelism").asInt()) {
                problems.add("%s: has %d task slots for %s"
                        .formatted(
                                pods.name(), slots, spec.at("/job/parallelism").asText()));
            }
            if (spec.at("/job/jarURI").asText().startsWith(HIDDEN)) {
                problems.add(pods.name() + ": the operator hides " + HIDDEN);
            }
            for (String process : List.of("jobManager", "taskManager")) {
                double limit = spec.at("/" + process + "/resource/cpu").asDouble()
                        * Double.parseDouble(
                                flink.getOrDefault(LIMIT_FACTOR.formatted(process.toLowerCase(Locale.ROOT)), "1"));
                if (limit < 1) {
                    problems.add("%s: %s may take %s of a core".formatted(pods.name(), process, limit));
                }
            }
            if (!arguments.containsKey("generation")) {
                problems.add(pods.name() + ": no --generation");
            }
            DIRECTORIES.stream()
                    .filter(directory -> !flink.getOrDefault(directory, "").startsWith("s3://"))
                    .forEach(directory -> problems.add(pods.name() + ": " + directory + " is not on S3"));
        }
        return problems;
    }
}
