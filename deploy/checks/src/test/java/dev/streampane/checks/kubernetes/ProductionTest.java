// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What production must have beyond what every overlay has. */
class ProductionTest {

    private final Manifests production = Manifests.of("production");

    @Test
    void shouldKeepResultsOnThreeBrokers() {
        JsonNode brokers = production.get("KafkaNodePool", "broker");
        JsonNode kafka = production.get("Kafka", "streampane").at("/spec/kafka");
        assertThat(brokers.at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(kafka.at("/config/min.insync.replicas").asInt()).isEqualTo(2);
        assertThat(kafka.at("/config/transaction.state.log.min.isr").asInt()).isEqualTo(2);
        assertThat(kafka.at("/config/auto.create.topics.enable").asBoolean(true))
                .isFalse();
    }

    @Test
    void shouldAskEveryClientOfKafkaForTlsAndItsName() {
        List<String> listeners = new java.util.ArrayList<>();
        production
                .get("Kafka", "streampane")
                .at("/spec/kafka/listeners")
                .forEach(listener ->
                        listeners.add(listener.at("/authentication/type").asText()
                                + " "
                                + listener.path("tls").asBoolean()));
        assertThat(listeners).containsExactly("scram-sha-512 true", "tls true");
    }

    @Test
    void shouldLetOnlyACertificateDoEverything() {
        JsonNode superUsers = production.get("Kafka", "streampane").at("/spec/kafka/authorization/superUsers");
        assertThat(superUsers).isNotEmpty();
        for (JsonNode user : superUsers) {
            String name = user.asText().replaceFirst("^CN=", "");
            assertThat(production
                            .get("KafkaUser", name)
                            .at("/spec/authentication/type")
                            .asText())
                    .isEqualTo("tls");
        }
    }

    @Test
    void shouldRunEveryJobOnTwoTaskManagersAtLeast() {
        assertThat(production.all("FlinkDeployment"))
                .hasSize(7)
                .extracting(job -> job.at("/spec/taskManager/replicas").asInt())
                .allMatch(replicas -> replicas >= 2);
    }

    @Test
    void shouldAskReadersForAKey() {
        assertThat(Pods.environment(production.get("Deployment", "results-api").at("/spec/template/spec/containers/0")))
                .containsEntry("RESULTS_SECURITY_PROFILE", "api-key")
                .doesNotContainKey("RESULTS_SECURITY_INSECURE")
                .containsKeys(
                        "QUARKUS_ELASTICSEARCH_API_KEY",
                        "RESULTS_SECURITY_KEYS_FILE",
                        "RESULTS_SECURITY_TICKET_KEYS_FILE");
    }

    @Test
    void shouldHaveNoSimulator() {
        assertThat(production.all("Deployment"))
                .extracting(Manifests::nameOf)
                .containsExactly("Deployment results-api");
    }
}
