// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Sources;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlertsTest {

    private static final String FOLDER = "deploy/dashboards/prometheus/";
    private static final String RUNBOOK = "deploy/docs/operations.md";

    record Alert(String name, String expression, String runbook) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Alert> alerts() {
        return Sources.items(yaml("alerts.yml").path("groups"))
                .flatMap(group -> Sources.items(group.path("rules")))
                .map(rule -> new Alert(
                        rule.path("alert").asText(),
                        rule.path("expr").asText(),
                        rule.at("/annotations/runbook").asText()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldHaveARunbook(Alert alert) {
        assertThat(alert.runbook()).isEqualTo(RUNBOOK + "#" + alert.name().toLowerCase(Locale.ROOT));
        assertThat(Sources.text(RUNBOOK)).containsPattern("(?m)^#+ " + alert.name() + "$");
    }

    @Test
    void shouldBeTestedAtFiringAndAtRest() {
        // When
        Stream<String> tested = Sources.items(yaml("alerts_test.yml").path("tests"))
                .flatMap(test -> Sources.items(test.path("alert_rule_test")))
                .map(test -> test.path("alertname").asText()
                        + (test.path("exp_alerts").isEmpty() ? " quiet" : " fires"));
        // Then
        assertThat(tested)
                .containsExactlyInAnyOrderElementsOf(alerts().stream()
                        .flatMap(alert -> Stream.of(alert + " quiet", alert + " fires"))
                        .toList());
    }

    @Test
    void shouldScrapeEveryProcessThatHasMetrics() {
        assertThat(yaml("prometheus.yml").path("scrape_configs"))
                .extracting(scrape -> scrape.path("job_name").asText())
                .containsExactlyInAnyOrderElementsOf(Metrics.processes());
    }

    private static JsonNode yaml(String file) {
        return Sources.tree(Sources.text(FOLDER + file));
    }
}
