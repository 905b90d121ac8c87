// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an overlay must have beyond what all have. */
class ManifestsTest {

    /** How many streams an instance of results-api takes. */
    private record StreamLimits(int ofAll, int ofAddress, int ofPrincipal) {

        static StreamLimits of(Manifests manifests) {
            Map<String, String> environment =
                    Pods.environment(manifests.get("Deployment", "results-api").at("/spec/template/spec/containers/0"));
            return new StreamLimits(
                    limit(environment, "CLIENTS", "1000"),
                    limit(environment, "PER_ADDRESS", "100"),
                    limit(environment, "PER_PRINCIPAL", "100"));
        }

        private static int limit(Map<String, String> environment, String of, String unset) {
            return Integer.parseInt(environment.getOrDefault("RESULTS_STREAM_MAX_" + of, unset));
        }
    }

    private static final Pattern SHUTDOWN_TIMEOUT = Pattern.compile("quarkus\\.shutdown\\.timeout=(\\S+)");

    @ParameterizedTest
    @ValueSource(strings = {"component", "index"})
    void shouldPutEveryTemplateOfElasticsearch(String kind) {
        // Given
        Stream<String> wanted = Sources.files("deploy/elasticsearch/" + kind + "-templates").stream()
                .map(file -> file.getFileName().toString());
        // When
        ObjectNode map = Manifests.of("production").get("ConfigMap", "elasticsearch-" + kind + "-templates");
        // Then
        assertThat(map.path("data").fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(wanted.toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void shouldRunEveryJob(String overlay) {
        assertThat(Manifests.of(overlay).jobs())
                .extracting(Pods::service)
                .containsExactlyInAnyOrderElementsOf(JobOptions.jobs());
    }

    /** A node that goes takes one of three, and the majority goes on. */
    @ParameterizedTest
    @ValueSource(strings = {"broker", "controller"})
    void shouldSpreadKafkaOverNodes(String role) {
        // When
        JsonNode spread = Manifests.of("production")
                .get("KafkaNodePool", role)
                .at("/spec/template/pod/topologySpreadConstraints/0");
        // Then
        assertThat(text(spread, "/topologyKey")).isEqualTo("kubernetes.io/hostname");
        assertThat(text(spread, "/whenUnsatisfiable")).isEqualTo("DoNotSchedule");
        assertThat(spread.at("/labelSelector/matchLabels").fieldNames())
                .toIterable()
                .contains("strimzi.io/" + role + "-role");
    }

    /** Strimzi's examples know pods and volumes of a pool {@code kafka} alone: strimzi/strimzi-kafka-operator 1.2.0, prometheus-kafka-rules.yaml. */
    @Test
    void shouldHaveStrimzisRulesAskForOurPools() throws IOException {
        // Given
        String pools = Manifests.of("production").all("KafkaNodePool").stream()
                .map(Manifests::plain)
                .sorted()
                .collect(Collectors.joining("|", "-(", ")-[0-9]"));
        // When
        Stream<String> command = Files.readString(Manifests.FOLDER.resolve("README.md"))
                .lines()
                .dropWhile(line -> !line.contains("prometheus-kafka-rules.yaml"))
                .limit(2);
        // Then
        assertThat(command).anyMatch(line -> line.contains(pools));
    }

    /** A Job that has ended and is still there is not run again by an apply. */
    @Test
    void shouldHaveTheRunbookDeleteEveryJobBeforeItIsToRunAgain() throws IOException {
        // Given
        String jobs = Manifests.of("production").all("Job").stream()
                .map(Manifests::plain)
                .sorted()
                .collect(Collectors.joining(" "));
        // When
        Path runbook = Manifests.FOLDER.resolveSibling("docs/operations.md");
        // Then
        assertThat(Files.readString(runbook)).contains("`k delete job " + jobs + " --ignore-not-found`");
    }

    /** Viewers of a dashboard share its key, and an office's its address. */
    @ParameterizedTest
    @ValueSource(strings = {"dev", "production"})
    void shouldStartMoreInstancesForTheStreamsOfOneKeyFromOneAddress(String overlay) {
        // Given
        Manifests manifests = Manifests.of(overlay);
        String wanted = text(
                manifests.get("HorizontalPodAutoscaler", "results-api"), "/spec/metrics/0/pods/target/averageValue");
        // When
        StreamLimits limits = StreamLimits.of(manifests);
        // Then
        assertThat(Integer.parseInt(wanted)).isLessThan(limits.ofPrincipal());
        assertThat(limits.ofAddress()).isBetween(limits.ofPrincipal(), limits.ofAll());
    }

    @Test
    void shouldLeaveAsManyStreamsToASecondKey() {
        StreamLimits limits = StreamLimits.of(Manifests.of("production"));
        assertThat(2 * limits.ofPrincipal()).isLessThanOrEqualTo(limits.ofAll());
    }

    /** A pod that is told to end is sent requests until it has left the Service. */
    @ParameterizedTest
    @ValueSource(strings = {"dev", "small", "production"})
    void shouldServeOnWhenAPodIsToldToEndAndEndBeforeItIsKilled(String overlay) {
        // Given
        JsonNode pod = Manifests.of(overlay).get("Deployment", "results-api").at("/spec/template/spec");
        long killedAfter = pod.path("terminationGracePeriodSeconds").asLong(30);
        String answersFor = Sources.find(SHUTDOWN_TIMEOUT, "results-api/src/main/resources/application.properties")
                .group(1);
        // When
        String servesFor = Pods.environment(pod.at("/containers/0")).getOrDefault("QUARKUS_SHUTDOWN_DELAY", "0S");
        // Then
        Duration serves = Duration.parse("PT" + servesFor);
        assertThat(serves).isPositive();
        assertThat(serves.plus(Duration.parse("PT" + answersFor))).isLessThan(Duration.ofSeconds(killedAfter));
    }

    @Test
    void shouldPassThroughAGatewayWhatTheIngressPasses(@TempDir Path folder) throws IOException {
        // When
        Manifests gateway = productionWith("gateway", folder);
        // Then
        assertThat(gateway.find("Ingress", "results-api")).isEmpty();
        JsonNode route = gateway.get("HTTPRoute", "results-api");
        JsonNode ingress = Manifests.of("production").get("Ingress", "results-api");
        assertThat(route.at("/spec/hostnames/0")).isEqualTo(ingress.at("/spec/rules/0/host"));
        assertThat(texts(route.at("/spec/rules/0/matches"), "/path/type", "/path/value"))
                .isEqualTo(texts(ingress.at("/spec/rules/0/http/paths"), "/pathType", "/path"));
        assertThat(gateway.get("Service", "results-api").at("/spec/ports/0/port"))
                .isEqualTo(route.at("/spec/rules/0/backendRefs/0/port"));
        assertThat(items(gateway.get("Deployment", "results-api").at("/spec/template/spec/containers/0/env"))
                        .map(variable -> text(variable, "/name")))
                .as("a Gateway adds to what a client says of its address")
                .contains("KAFKA_BOOTSTRAP_SERVERS")
                .noneMatch(name -> name.startsWith("QUARKUS_HTTP_PROXY_"));
        assertThat(Stream.of(Check.values()).flatMap(check -> check.problems(gateway).stream()))
                .isEmpty();
    }

    /** Users make the host theirs at one place, the Ingress of production. */
    @Test
    void shouldHaveAtAGatewayTheHostThatTheIngressHas(@TempDir Path folder) throws IOException {
        // Given
        Path yours = Files.createDirectory(folder.resolve("yours"));
        overlay(yours, """
                resources: [%1$s/overlays/production]
                patches:
                  - target: {kind: Ingress, name: results-api}
                    patch: |
                      - {op: replace, path: /spec/rules/0/host, value: results.example.net}
                """);
        // When
        overlay(folder, "resources: [yours]\ncomponents: [%1$s/components/gateway]");
        // Then
        Manifests gateway = Manifests.render(folder);
        assertThat(gateway.find("Ingress", "results-api")).isEmpty();
        assertThat(items(gateway.get("HTTPRoute", "results-api").at("/spec/hostnames"))
                        .map(JsonNode::asText))
                .containsExactly("results.example.net");
    }

    /** The Gateway's, which is everybody's. */
    @Test
    void shouldLetAllStreamsComeFromTheOneAddressThatAGatewayHas(@TempDir Path folder) throws IOException {
        // When
        StreamLimits limits = StreamLimits.of(productionWith("gateway", folder));
        // Then
        assertThat(limits.ofAddress()).isEqualTo(limits.ofAll());
    }

    /** An issuer that no policy lets results-api ask logs nobody in. */
    @Test
    void shouldLetResultsApiOutToTheIssuerWhoseTokensItTakes(@TempDir Path folder) throws IOException {
        // When
        Manifests withTokens = productionWith("oidc", folder);
        // Then
        assertThat(Pods.environment(withTokens.get("Deployment", "results-api").at("/spec/template/spec/containers/0")))
                .containsEntry("RESULTS_SECURITY_PROFILE", "oidc")
                .containsKey("QUARKUS_OIDC_AUTH_SERVER_URL")
                .doesNotContainKey("RESULTS_SECURITY_KEYS_FILE");
        assertThat(Stream.of(Check.values()).flatMap(check -> check.problems(withTokens).stream()))
                .isEmpty();
    }

    private static Manifests productionWith(String component, Path folder) throws IOException {
        overlay(folder, "resources: [%1$s/overlays/production]\ncomponents: [%1$s/components/" + component + "]");
        return Manifests.render(folder);
    }

    /** Writes a kustomization that names our manifests. */
    private static void overlay(Path folder, String lines) throws IOException {
        Path manifests = folder.toRealPath().relativize(Manifests.FOLDER.toRealPath());
        Files.writeString(folder.resolve("kustomization.yaml"), lines.formatted(manifests) + "\n");
    }

    /** Kind and path of each entry. */
    private static List<String> texts(JsonNode entries, String type, String path) {
        return items(entries)
                .map(it -> text(it, type).replace("Path", "") + " " + text(it, path))
                .toList();
    }
}
