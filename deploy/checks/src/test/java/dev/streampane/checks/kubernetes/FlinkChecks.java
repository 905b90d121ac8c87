// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
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
        List<String> problems = new ArrayList<>();
        for (JsonNode deployment : manifests.all("FlinkDeployment")) {
            Map<String, String> configuration = Selectors.labelsOf(deployment.at("/spec/flinkConfiguration"));
            FlinkOptions.unknown(configuration)
                    .forEach(key ->
                            problems.add("%s: Flink has no option %s".formatted(Manifests.nameOf(deployment), key)));
        }
        return problems;
    }

    /** Versions, generations, parallelism, state. */
    static List<String> jobs(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Pods pods : manifests.pods().stream().filter(Pods::isFlink).toList()) {
            JsonNode spec = pods.owner().path("spec");
            Map<String, String> arguments = SettingChecks.arguments(pods);
            Map<String, String> flink = Selectors.labelsOf(spec.path("flinkConfiguration"));
            String parallelism = spec.at("/job/parallelism").asText();
            int slots = spec.at("/taskManager/replicas").asInt()
                    * Integer.parseInt(flink.getOrDefault("taskmanager.numberOfTaskSlots", "0"));
            expect(
                    problems,
                    pods,
                    "flinkVersion",
                    flinkVersion(),
                    spec.path("flinkVersion").asText());
            expect(
                    problems,
                    pods,
                    "upgradeMode",
                    "savepoint",
                    spec.at("/job/upgradeMode").asText());
            expect(
                    problems,
                    pods,
                    "jarURI",
                    "local://" + jar(),
                    spec.at("/job/jarURI").asText());
            if (spec.at("/job/jarURI").asText().startsWith(HIDDEN)) {
                problems.add(pods.name() + ": the operator hides " + HIDDEN);
            }
            expect(
                    problems,
                    pods,
                    "entryClass",
                    find(MAIN_CLASS, "flink-pipeline/pom.xml").group(1),
                    spec.at("/job/entryClass").asText());
            expect(problems, pods, "--parallelism", parallelism, arguments.get("parallelism"));
            expect(problems, pods, "task slots", parallelism, Integer.toString(slots));
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
            for (String directory : DIRECTORIES) {
                if (!flink.getOrDefault(directory, "").startsWith("s3://")) {
                    problems.add(pods.name() + ": " + directory + " is not on S3");
                }
            }
        }
        return problems;
    }

    private static void expect(List<String> problems, Pods pods, String what, String wanted, String found) {
        if (!wanted.equals(found)) {
            problems.add("%s: %s is %s, not %s".formatted(pods.name(), what, found, wanted));
        }
    }

    private static String flinkVersion() {
        Matcher version = find(FLINK, "pom.xml");
        return "v" + version.group(1) + "_" + version.group(2);
    }

    /** Where the image has the jar. */
    private static String jar() {
        Matcher copy = find(JAR, "deploy/containers/job.Containerfile");
        return copy.group(2) + copy.group(1);
    }

    private static Matcher find(Pattern pattern, String file) {
        try {
            Matcher found = pattern.matcher(Files.readString(Checkout.root().resolve(file)));
            if (!found.find()) {
                throw new IllegalStateException("no " + pattern + " in " + file);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
