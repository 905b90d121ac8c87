// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.JobOptions;
import dev.streampane.checks.facts.Sources;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each overlay must have beyond what all have. */
class OverlaysTest {

    private static final long GIB = 1L << 30;

    private final Manifests production = Manifests.of("production");
    private final Manifests small = Manifests.of("small");

    @Test
    void shouldRunEveryJobInDevelopment() {
        assertThat(names(Manifests.of("dev"), "FlinkDeployment"))
                .containsExactlyInAnyOrderElementsOf(JobOptions.jobs());
    }

    @Test
    void shouldAskForLessThanEightGibibytesOnALaptop() {
        assertThat(bytes()).isBetween(7 * GIB, 8 * GIB - 1);
    }

    @Test
    void shouldHaveAllThatOneWindowNeedsOnALaptop() {
        assertThat(names(small, "FlinkDeployment")).containsExactly("weather-average", "index-results");
        assertThat(names(small, "Deployment")).containsExactlyInAnyOrder("results-api", "iot-simulator", "s3");
        assertThat(names(small, "Kibana")).isEmpty();
    }

    @Test
    void shouldKeepResultsOnThreeBrokersInProduction() {
        JsonNode config = production.get("Kafka", "streampane").at("/spec/kafka/config");
        assertThat(production
                        .get("KafkaNodePool", "broker")
                        .at("/spec/replicas")
                        .asInt())
                .isEqualTo(3);
        assertThat(config.path("min.insync.replicas").asInt()).isEqualTo(2);
        assertThat(config.path("transaction.state.log.min.isr").asInt()).isEqualTo(2);
        assertThat(config.path("auto.create.topics.enable").asBoolean(true)).isFalse();
    }

    @Test
    void shouldAskEveryClientOfKafkaForTlsAndItsName() {
        assertThat(production.get("Kafka", "streampane").at("/spec/kafka/listeners"))
                .extracting(listener -> listener.at("/authentication/type").asText() + " "
                        + listener.path("tls").asBoolean())
                .containsExactly("scram-sha-512 true", "tls true");
    }

    @Test
    void shouldLetOnlyACertificateDoEverything() {
        assertThat(production.get("Kafka", "streampane").at("/spec/kafka/authorization/superUsers"))
                .isNotEmpty()
                .extracting(user -> production
                        .get("KafkaUser", user.asText().replaceFirst("^CN=", ""))
                        .at("/spec/authentication/type")
                        .asText())
                .containsOnly("tls");
    }

    @Test
    void shouldRunEveryJobOnTwoTaskManagersAtLeastInProduction() {
        assertThat(production.all("FlinkDeployment"))
                .hasSize(7)
                .extracting(job -> job.at("/spec/taskManager/replicas").asInt())
                .allMatch(replicas -> replicas >= 2);
    }

    @Test
    void shouldAskReadersForAKeyInProduction() {
        assertThat(Pods.environment(production.get("Deployment", "results-api").at("/spec/template/spec/containers/0")))
                .containsEntry("RESULTS_SECURITY_PROFILE", "api-key")
                .doesNotContainKey("RESULTS_SECURITY_INSECURE")
                .containsKeys(
                        "QUARKUS_ELASTICSEARCH_API_KEY",
                        "RESULTS_SECURITY_KEYS_FILE",
                        "RESULTS_SECURITY_TICKET_KEYS_FILE");
    }

    @Test
    void shouldHaveNoSimulatorInProduction() {
        assertThat(names(production, "Deployment")).containsExactly("results-api");
    }

    @Test
    void shouldPassThroughAGatewayWhatTheIngressPasses(@TempDir Path folder) throws IOException {
        // Given
        Files.writeString(
                folder.resolve("kustomization.yaml"),
                "resources: [%1$s/overlays/production]\ncomponents: [%1$s/components/gateway]\n"
                        .formatted(Manifests.FOLDER));
        // When
        Manifests gateway = new Manifests(Kustomization.of(folder).objects());
        // Then
        assertThat(gateway.find("Ingress", "results-api")).isEmpty();
        JsonNode route = gateway.get("HTTPRoute", "results-api");
        assertThat(Models.problems(gateway.get("HTTPRoute", "results-api"))).isEmpty();
        JsonNode ingress = production.get("Ingress", "results-api");
        assertThat(route.at("/spec/hostnames/0")).isEqualTo(ingress.at("/spec/rules/0/host"));
        assertThat(texts(route.at("/spec/rules/0/matches"), "/path/type", "/path/value"))
                .isEqualTo(texts(ingress.at("/spec/rules/0/http/paths"), "/pathType", "/path"));
        assertThat(gateway.get("Service", "results-api").at("/spec/ports/0/port"))
                .isEqualTo(route.at("/spec/rules/0/backendRefs/0/port"));
        assertThat(Stream.of(Check.values()).flatMap(check -> check.problems(gateway).stream()))
                .isEmpty();
    }

    /** Kind and path of each entry. */
    private static List<String> texts(JsonNode entries, String type, String path) {
        return Sources.items(entries)
                .map(entry -> entry.at(type).asText().replace("Path", "") + " "
                        + entry.at(path).asText())
                .toList();
    }

    private static List<String> names(Manifests manifests, String kind) {
        return manifests.all(kind).stream()
                .map(object -> object.at("/metadata/name").asText())
                .toList();
    }

    /** What the scheduler keeps for whatever does not end; jobs have the memory of their processes. */
    private long bytes() {
        long bytes = 0;
        for (JsonNode job : small.all("FlinkDeployment")) {
            bytes += bytes(job.at("/spec/jobManager/resource/memory"));
            bytes += bytes(job.at("/spec/taskManager/resource/memory"))
                    * job.at("/spec/taskManager/replicas").asLong();
        }
        for (JsonNode pool : small.all("KafkaNodePool")) {
            bytes += bytes(pool.at("/spec/resources/requests/memory"))
                    * pool.at("/spec/replicas").asLong();
        }
        JsonNode operators = small.get("Kafka", "streampane").at("/spec/entityOperator");
        for (JsonNode requests : operators.findValues("requests")) {
            bytes += bytes(requests.path("memory"));
        }
        for (Pods pods : small.pods()) {
            if (pods.kind().matches("Deployment|Elasticsearch|Kibana")) {
                bytes += bytes(pods.containers().get(0).at("/resources/requests/memory"));
            }
        }
        return bytes;
    }

    /** Flink's 896m are mebibytes. */
    private static long bytes(JsonNode memory) {
        return Quantity.getAmountInBytes(new Quantity(memory.asText().replaceFirst("m$", "Mi")))
                .longValueExact();
    }
}
