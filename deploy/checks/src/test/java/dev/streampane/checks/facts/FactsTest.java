// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.control.StackPort;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
        assertThat(JobOptions.jobs())
                .containsExactly(
                        "fraud-detection",
                        "index-results",
                        "time-series-archive",
                        "time-series-speed",
                        "transaction-total",
                        "weather-average",
                        "word-count");
        assertThat(JobOptions.of("index-results"))
                .contains("bootstrap-servers", "elasticsearch-url", "generation", "kafka.security.protocol")
                .doesNotContain("windows", "kafka.securiti.protocol");
        assertThat(JobOptions.fallback("transaction-timeout")).isEqualTo("7d");
        assertThat(JobOptions.all()).contains("windows", "archive-dir").doesNotContain("all");
    }

    @ParameterizedTest
    @CsvSource({
        "weather-average, STREAMPANE_BOOTSTRAP_SERVERS, true",
        "weather-average, STREAMPANE_WINDOWS, true",
        "index-results, STREAMPANE_WINDOWS, false",
        "weather-average, STREAMPANE_WINDOW, false",
        "weather-average, BOOTSTRAP_SERVERS, false"
    })
    void shouldKnowVariablesOfJobs(String job, String variable, boolean read) {
        assertThat(JobOptions.readsVariable(job, variable)).isEqualTo(read);
    }

    @Test
    void shouldReadPortsOfServicesAndServers() {
        for (Service service : Service.values()) {
            StackPort listener = StackPort.valueOf(service.name());
            assertThat(Ports.of(service)).isEqualTo(Ports.of(listener));
            assertThat(Ports.management(service))
                    .isEqualTo(Ports.of(StackPort.valueOf(service.name() + "_MANAGEMENT")));
        }
        assertThat(Ports.all()).contains(8080, 8081, 9080, 9092, 9200).doesNotContain(8079);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/v1/windows",
                "/api/v1/windows?job=weather-average&limit=1",
                "/api/v1/windows/{id}/history",
                "/api/v1/windows/weather~1/explain",
                "/api/v1/jobs/weather-average/keys",
                "/api/v1/stream",
                "/api/v1/late",
                "/q/health/started",
                "/q/health/live",
                "/q/health/ready",
                "/q/metrics",
                "/q/asyncapi",
                "/q/openapi"
            })
    void shouldKnowPathsOfResultsApi(String path) {
        assertThat(Paths.has(Service.RESULTS_API, path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/v1/window", "/api/v1/windows/a/b/c", "/q/health/readiness", "/metrics", "/api/v1/simulator"
            })
    void shouldKnowWhatIsNoPathOfResultsApi(String path) {
        assertThat(Paths.has(Service.RESULTS_API, path)).isFalse();
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

    @Test
    void shouldKnowPathsOfSimulators() {
        assertThat(Paths.has(Service.IOT_SIMULATOR, "/api/v1/simulator")).isTrue();
        assertThat(Paths.has(Service.TRANSACTION_SIMULATOR, "/q/health/ready")).isTrue();
        assertThat(Paths.has(Service.TRANSACTION_SIMULATOR, "/api/v1/windows")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "streampane/results-api:1.0.0, true",
        "registry.example/team/streampane/results-api:1.0.0-native, true",
        "streampane/flink-job:1.0.0, true",
        "streampane/results-api:0.9.0, false",
        "streampane/results:1.0.0, false",
        "flink:2.3.0, false"
    })
    void shouldKnowItsOwnImages(String image, boolean exists) {
        assertThat(Images.exists(image)).isEqualTo(exists);
    }

    @ParameterizedTest
    @CsvSource({
        "apache/kafka:4.2.1, true",
        "flink:2.3.0-java17, true",
        "prom/prometheus:v3.7.1, true",
        "apache/kafka, false",
        "apache/kafka:latest, false",
        "grafana/grafana:12, false",
        "registry.example:5000/kafka, false"
    })
    void shouldKnowPinnedImages(String image, boolean pinned) {
        assertThat(Images.isPinned(image)).isEqualTo(pinned);
    }

    @Test
    void shouldKnowWhatTelegrafDoesNotTake() {
        // Given
        String text = """
                [[inputs.kafka_consumer]]
                  offset = "oldest"
                  isolation_level = "ReadCommitted"
                  topics = ["telegraf", "points"]
                [[outputs.influxdb_v2]]
                  bucket = "telegraf"
                  organization = "streampane"
                """;
        Map<String, String> influx = Map.of(
                "DOCKER_INFLUXDB_INIT_BUCKET", "points",
                "DOCKER_INFLUXDB_INIT_ORG", "streampane");

        // When
        List<String> problems = TelegrafOptions.problems(text, influx);

        // Then
        assertThat(problems)
                .containsExactly(
                        "points is no topic",
                        "bucket is not what DOCKER_INFLUXDB_INIT_BUCKET makes",
                        "isolation_level is no option of inputs.kafka_consumer",
                        "no kafka_version");
    }
}
