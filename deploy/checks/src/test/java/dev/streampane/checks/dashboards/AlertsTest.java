// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlertsTest {

    private static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/prometheus");
    private static final String RUNBOOK = "deploy/docs/operations.md";
    private static final Exposed EXPOSED = Exposed.byTheStack();

    record Alert(String name, String expression, String runbook) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Alert> alerts() {
        return items(yaml("alerts.yml").path("groups")).stream()
                .flatMap(group -> items(group.path("rules")).stream())
                .map(rule -> new Alert(
                        rule.path("alert").asText(),
                        rule.path("expr").asText(),
                        rule.at("/annotations/runbook").asText()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldAskOnlyForWhatARunningStackExposes(Alert alert) {
        assertThat(Promql.of(alert.expression()).metrics()).isNotEmpty();
        assertThat(EXPOSED.unknown(alert.expression())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldNoticeAMetricOrLabelOfAnotherName(Alert alert) {
        // Given
        Promql named = Promql.of(alert.expression());
        // When Then
        for (String metric : named.metrics()) {
            assertThat(EXPOSED.unknown(renamed(alert.expression(), metric))).contains(metric + "_renamed");
        }
        for (String label : named.labels()) {
            assertThat(EXPOSED.unknown(renamed(alert.expression(), label))).contains(label + "_renamed");
        }
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldAskOnlyForJobsAndProcessesThatThereAre(Alert alert) {
        // When Then
        assertThat(LabelValues.unknown(alert.expression())).isEmpty();
        for (String value : LabelValues.of(alert.expression())) {
            assertThat(LabelValues.unknown(renamed(alert.expression(), value))).contains(value + "_renamed");
        }
    }

    private static String renamed(String expression, String name) {
        return expression.replaceAll("\\b" + name + "\\b", name + "_renamed");
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldHaveARunbook(Alert alert) throws IOException {
        // When
        Set<String> headings = Files.readAllLines(Checkout.root().resolve(RUNBOOK)).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "").strip())
                .collect(Collectors.toSet());
        // Then
        assertThat(alert.runbook()).isEqualTo(RUNBOOK + "#" + alert.name().toLowerCase(Locale.ROOT));
        assertThat(headings).contains(alert.name());
    }

    @Test
    void shouldBeTestedAtFiringAndAtRest() {
        // Given
        List<JsonNode> tests = items(yaml("alerts_test.yml").path("tests"));
        // When Then
        assertThat(tests)
                .flatExtracting(test -> items(test.path("alert_rule_test")))
                .extracting(test -> test.path("alertname").asText()
                        + (test.path("exp_alerts").isEmpty() ? " quiet" : " fires"))
                .containsExactlyInAnyOrderElementsOf(alerts().stream()
                        .flatMap(alert -> List.of(alert + " quiet", alert + " fires").stream())
                        .toList());
    }

    @Test
    void shouldScrapeEveryProcessThatHasMetrics() {
        // When Then
        assertThat(items(yaml("prometheus.yml").path("scrape_configs")))
                .extracting(scrape -> scrape.path("job_name").asText())
                .containsExactlyInAnyOrderElementsOf(dev.streampane.checks.facts.Metrics.processes());
    }

    private static JsonNode yaml(String file) {
        try {
            return new YAMLMapper().readTree(FOLDER.resolve(file).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> items(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
