// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.JobOptions;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each overlay must have beyond what all have. */
class OverlaysTest {

    private static final long GIB = 1L << 30;

    private final Manifests production = Manifests.of("production");
    private final Manifests small = Manifests.of("small");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    KafkaNodePool broker | /spec/replicas | 3
                    Kafka streampane | /spec/kafka/config/min.insync.replicas | 2
                    Kafka streampane | /spec/kafka/config/transaction.state.log.min.isr | 2
                    Kafka streampane | /spec/kafka/config/auto.create.topics.enable | false
                    Kafka streampane | /spec/kafka/listeners/0/authentication/type | scram-sha-512
                    Kafka streampane | /spec/kafka/listeners/0/tls | true
                    Kafka streampane | /spec/kafka/listeners/1/authentication/type | tls
                    Kafka streampane | /spec/kafka/listeners/1/tls | true
                    """)
    void shouldKeepResultsOnThreeBrokersThatAskWhoCalls(String object, String where, String wanted) {
        String[] names = object.split(" ");
        assertThat(text(production.get(names[0], names[1]), where)).isEqualTo(wanted);
        assertThat(production.get("Kafka", "streampane").at("/spec/kafka/listeners"))
                .hasSize(2);
    }

    @Test
    void shouldRunEveryJobInDevelopment() {
        assertThat(names(Manifests.of("dev"), "FlinkDeployment"))
                .containsExactlyInAnyOrderElementsOf(JobOptions.jobs());
    }

    @Test
    void shouldHaveAllThatOneWindowNeedsOnALaptop() {
        assertThat(bytes()).isBetween(7 * GIB, 8 * GIB - 1);
        assertThat(names(small, "FlinkDeployment")).containsExactly("weather-average", "index-results");
        assertThat(names(small, "Deployment")).containsExactlyInAnyOrder("results-api", "iot-simulator", "s3");
        assertThat(names(small, "Kibana")).isEmpty();
    }

    /** Nobody may change a Job: one that has ended must go, or a change of it refuses the whole overlay. */
    @Test
    void shouldLetEveryJobGoAfterItsEnd() {
        assertThat(production.all("Job"))
                .hasSize(2)
                .allMatch(it -> it.at("/spec/ttlSecondsAfterFinished").asInt() > 0);
    }

    @Test
    void shouldLetOnlyACertificateDoEverything() {
        assertThat(items(production.get("Kafka", "streampane"), "/spec/kafka/authorization/superUsers"))
                .isNotEmpty()
                .map(user -> production.get("KafkaUser", user.asText().replaceFirst("^CN=", "")))
                .allMatch(user -> text(user, "/spec/authentication/type").equals("tls"));
    }

    @Test
    void shouldRunEveryJobOnTwoTaskManagersAtLeastInProduction() {
        assertThat(production.jobs())
                .hasSize(7)
                .allMatch(it -> it.owner().at("/spec/taskManager/replicas").asInt() >= 2);
    }

    @Test
    void shouldAskReadersForAKeyAndHaveNoSimulatorInProduction() {
        assertThat(names(production, "Deployment")).containsExactly("results-api");
        assertThat(Pods.environment(production.get("Deployment", "results-api").at("/spec/template/spec/containers/0")))
                .containsEntry("RESULTS_SECURITY_PROFILE", "api-key")
                .doesNotContainKey("RESULTS_SECURITY_INSECURE")
                .containsKeys("QUARKUS_ELASTICSEARCH_API_KEY", "RESULTS_SECURITY_KEYS_FILE")
                .containsKey("RESULTS_SECURITY_TICKET_KEYS_FILE");
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
        return items(entries)
                .map(it -> text(it, type).replace("Path", "") + " " + text(it, path))
                .toList();
    }

    private static List<String> names(Manifests manifests, String kind) {
        return manifests.all(kind).stream().map(Manifests::plain).toList();
    }

    /** What the scheduler keeps for whatever does not end; jobs have the memory of their processes. */
    private long bytes() {
        long bytes = 0;
        for (JsonNode job : small.all("FlinkDeployment")) {
            bytes += bytes(job, "/spec/jobManager/resource/memory");
            bytes += bytes(job, "/spec/taskManager/resource/memory")
                    * job.at("/spec/taskManager/replicas").asLong();
        }
        for (JsonNode pool : small.all("KafkaNodePool")) {
            bytes += bytes(pool, "/spec/resources/requests/memory")
                    * pool.at("/spec/replicas").asLong();
        }
        JsonNode operators = small.get("Kafka", "streampane").at("/spec/entityOperator");
        for (JsonNode requests : operators.findValues("requests")) {
            bytes += bytes(requests, "/memory");
        }
        for (Pods pods : small.pods()) {
            if (pods.kind().matches("Deployment|Elasticsearch|Kibana")) {
                bytes += bytes(pods.containers().get(0), "/resources/requests/memory");
            }
        }
        return bytes;
    }

    /** Flink's 896m are mebibytes. */
    private static long bytes(JsonNode object, String memory) {
        return Quantity.getAmountInBytes(new Quantity(text(object, memory).replaceFirst("m$", "Mi")))
                .longValueExact();
    }
}
