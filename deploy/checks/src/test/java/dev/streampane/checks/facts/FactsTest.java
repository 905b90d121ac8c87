// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.StackPort;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;

class FactsTest {

    @Test
    void shouldReadTopicsFromTheCatalogue() {
        assertThat(Topics.names())
                .hasSameSizeAs(Topics.all())
                .contains("device-readings", "window-results", "job-runs")
                .doesNotContain("window-result");
    }

    @Test
    void shouldReadJobsAndTheirOptions() {
        assertThat(JobOptions.jobs()).hasSize(7).contains("fraud-detection", "index-results", "word-count");
        assertThat(JobOptions.of("index-results"))
                .contains("bootstrap-servers", "elasticsearch-url", "generation", "kafka.security.protocol")
                .doesNotContain("windows", "kafka.securiti.protocol");
        assertThat(JobOptions.fallback("transaction-timeout")).isEqualTo("7d");
        assertThat(JobOptions.all()).contains("windows", "archive-dir").doesNotContain("all");
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadPortsOfServicesAndServers(Service service) {
        assertThat(Ports.of(service)).isEqualTo(Ports.of(StackPort.valueOf(service.name())));
        assertThat(Ports.management(service)).isEqualTo(Ports.of(StackPort.valueOf(service.name() + "_MANAGEMENT")));
        assertThat(Ports.all()).contains(8080, 8081, 9080, 9092, 9200).doesNotContain(8079);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
                    RESULTS_API / true
                    RESULTS_API /api/v1/windows?job=weather-average&limit=1 true
                    RESULTS_API /api/v1/windows/{id}/history true
                    RESULTS_API /api/v1/windows/weather~1/explain true
                    RESULTS_API /api/v1/stream true
                    RESULTS_API /q/health/started true
                    RESULTS_API /q/metrics true
                    RESULTS_API /q/asyncapi true
                    RESULTS_API /q/openapi true
                    RESULTS_API /api/v1/window false
                    RESULTS_API /api/v1/windows/a/b/c false
                    RESULTS_API /q/health/readiness false
                    RESULTS_API /metrics false
                    RESULTS_API /api/v1/simulator false
                    IOT_SIMULATOR /api/v1/simulator true
                    TRANSACTION_SIMULATOR /q/health/ready true
                    TRANSACTION_SIMULATOR /api/v1/windows false
                    """)
    void shouldKnowPaths(Service service, String path, boolean answered) {
        assertThat(Paths.has(service, path)).isEqualTo(answered);
    }

    @Test
    void shouldTakeNoOtherTextForAPath() {
        // Given
        ClassNode folder = new ClassNode();
        folder.fields.add(new FieldNode(Opcodes.ACC_STATIC, "F", "", null, "/tmp/x"));
        ClassNode route = new ClassNode();
        route.fields.addAll(folder.fields);
        route.visitMethod(0, "route", "(Lio/vertx/ext/web/Router;)V", null, null);

        // When Then
        assertThat(Paths.routes(folder)).isEmpty();
        assertThat(Paths.routes(route)).containsExactly("/tmp/x");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
                    streampane/results-api:1.0.0 true
                    registry.example/team/streampane/results-api:1.0.0-native true
                    streampane/flink-job:1.0.0 true
                    streampane/results-api:0.9.0 false
                    streampane/results:1.0.0 false
                    apache/kafka:4.2.1 true
                    flink:2.3.0-java17 true
                    prom/prometheus:v3.7.1 true
                    apache/kafka false
                    apache/kafka:latest false
                    grafana/grafana:12 false
                    registry.example:5000/kafka false
                    """)
    void shouldKnowImages(String image, boolean known) {
        assertThat(Images.isOwn(image) ? Images.exists(image) : Images.isPinned(image))
                .isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
                    streampane/results-api:1 RESULTS_SECURITY_PROFILE true
                    streampane/results-api:1 QUARKUS_OIDC_AUTH_SERVER_URL true
                    streampane/results-api:1 KAFKA_SASL_JAAS_CONFIG true
                    streampane/results-api:1 QUARKUS_LOG_CATEGORY__IO_VERTX__LEVEL true
                    streampane/results-api:1 JAVA_TOOL_OPTIONS true
                    streampane/results-api:1 RESULTS_SECURITY_PROFILES false
                    streampane/results-api:1 RESULTS_STREAM false
                    streampane/results-api:1 IOT_SEED false
                    streampane/results-api:1 KAFKA_BOOTSTRAP_SERVER false
                    streampane/results-api:1 MP_MESSAGING_OUTGOING_READINGS_LINGER_MS false
                    streampane/iot-simulator:1 IOT_FAULTS_LATE_PROBABILITY true
                    streampane/iot-simulator:1 MP_MESSAGING_OUTGOING_READINGS_LINGER_MS true
                    streampane/iot-simulator:1 IOT_DEVICES_TEMPERATUR_MAX false
                    streampane/transaction-simulator:1 TX_SCENARIOS_RATE true
                    streampane/transaction-simulator:1 TX false
                    streampane/transaction-simulator:1 QUARKUS_HTTP_NON_APPLICATION_ROOT_PATH false
                    streampane/flink-job:1 STREAMPANE_WINDOWS true
                    streampane/flink-job:1 STREAMPANE_WINDOW false
                    streampane/flink-job:1 BOOTSTRAP_SERVERS false
                    """)
    void shouldKnowWhatAProgramReads(String image, String variable, boolean read) {
        assertThat(Programs.unread(image, List.of(variable), List.of(), List.of("weather-average"))
                        .isEmpty())
                .isEqualTo(read);
    }

    @Test
    void shouldKnowWhatOneJobReads() {
        assertThat(JobOptions.readsVariable("index-results", "STREAMPANE_WINDOWS"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
                    results.tail-age true
                    results.tail-agee false
                    quarkus.http.port true
                    quarkus.log.category."io.vertx".level true
                    quarkus.log.category."io.vertx".levels false
                    kafka.security.protocol true
                    kafka.security.protokol false
                    quarkus.http.root-path false
                    """)
    void shouldKnowWhichPropertiesAreRead(String property, boolean read) {
        assertThat(ServiceSettings.of(Service.RESULTS_API).readsProperty(property))
                .isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource({"quarkus.http.root-path, true", "quarkus.kafka.snappy.enabled, true", "quarkus.http.port, false"})
    void shouldTellWhatABuildHasFixed(String property, boolean fixed) {
        assertThat(ServiceSettings.of(Service.RESULTS_API).isFixedByTheBuild(property))
                .isEqualTo(fixed);
    }
}
