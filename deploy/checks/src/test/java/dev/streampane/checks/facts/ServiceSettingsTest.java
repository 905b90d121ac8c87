// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "results-api, RESULTS_SECURITY_PROFILE",
        "results-api, RESULTS_SECURITY_INSECURE",
        "results-api, RESULTS_STREAM_MAX_CLIENTS",
        "results-api, QUARKUS_ELASTICSEARCH_HOSTS",
        "results-api, QUARKUS_OIDC_AUTH_SERVER_URL",
        "results-api, KAFKA_SASL_JAAS_CONFIG",
        "results-api, QUARKUS_LOG_CATEGORY__IO_VERTX__LEVEL",
        "results-api, JAVA_TOOL_OPTIONS",
        "iot-simulator, IOT_DEVICES_TEMPERATURE_MAX",
        "iot-simulator, IOT_FAULTS_LATE_PROBABILITY",
        "iot-simulator, IOT_TAGS_TOPIC",
        "iot-simulator, QUARKUS_HTTP_HOST",
        "iot-simulator, MP_MESSAGING_OUTGOING_READINGS_LINGER_MS",
        "transaction-simulator, TX_SCENARIOS_RATE",
        "transaction-simulator, KAFKA_BOOTSTRAP_SERVERS"
    })
    void shouldKnowWhatAServiceReads(String service, String variable) {
        assertThat(settings(service).readsVariable(variable)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "results-api, RESULTS_SECURITY_PROFILES",
        "results-api, RESULTS_STREAM",
        "results-api, IOT_SEED",
        "results-api, QUARKUS_ELASTICSEARCH_HOST",
        "results-api, KAFKA_BOOTSTRAP_SERVER",
        "results-api, MP_MESSAGING_OUTGOING_READINGS_LINGER_MS",
        "iot-simulator, QUARKUS_ELASTICSEARCH_HOSTS",
        "iot-simulator, IOT_DEVICES_TEMPERATUR_MAX",
        "transaction-simulator, TX",
        "transaction-simulator, QUARKUS_HTTP_NON_APPLICATION_ROOT_PATH"
    })
    void shouldKnowWhatAServiceDoesNotRead(String service, String variable) {
        assertThat(settings(service).unread(List.of(variable))).containsExactly(variable);
    }

    @ParameterizedTest
    @CsvSource({
        "results.tail-age, true",
        "results.tail-agee, false",
        "quarkus.http.port, true",
        "quarkus.log.category.\"io.vertx\".level, true",
        "quarkus.log.category.\"io.vertx\".levels, false",
        "kafka.security.protocol, true",
        "kafka.security.protokol, false",
        "quarkus.http.root-path, false"
    })
    void shouldKnowWhichPropertiesAreRead(String property, boolean read) {
        assertThat(settings("results-api").readsProperty(property)).isEqualTo(read);
    }

    @Test
    void shouldTellWhatABuildHasFixed() {
        assertThat(settings("results-api").isFixedByTheBuild("quarkus.http.root-path"))
                .isTrue();
        assertThat(settings("results-api").isFixedByTheBuild("quarkus.kafka.snappy.enabled"))
                .isTrue();
        assertThat(settings("results-api").isFixedByTheBuild("quarkus.http.port"))
                .isFalse();
    }

    private static ServiceSettings settings(String service) {
        return ServiceSettings.of(Service.named(service).orElseThrow());
    }
}
