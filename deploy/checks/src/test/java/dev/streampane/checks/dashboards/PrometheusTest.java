// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.Tools;
import dev.streampane.checks.Tools.Ended;
import dev.streampane.checks.facts.Metrics;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Installed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Alerts, their tests, and every question to Prometheus, of alerts and of Grafana's panels, against what a running stack exposes. */
class PrometheusTest {

    private static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/prometheus");
    private static final String RUNBOOK = "deploy/docs/operations.md";

    static List<JsonNode> alerts() {
        return items(yaml("alerts.yml"), "/groups")
                .flatMap(group -> items(group, "/rules"))
                .toList();
    }

    static List<String> expressions() {
        Stream<String> panels = GrafanaTest.dashboards().stream().flatMap(it -> it.expressions().stream());
        return Stream.concat(alerts().stream().map(it -> text(it, "/expr")), panels)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldHaveARunbook(JsonNode alert) {
        String name = text(alert, "/alert");
        assertThat(text(alert, "/annotations/runbook")).isEqualTo(RUNBOOK + "#" + name.toLowerCase(Locale.ROOT));
        assertThat(Sources.text(RUNBOOK)).containsPattern("(?m)^#+ " + name + "$");
    }

    @Test
    void shouldBeTestedAtFiringAndAtRest() {
        // When
        Stream<String> tested = items(yaml("alerts_test.yml"), "/tests")
                .flatMap(test -> items(test, "/alert_rule_test"))
                .map(test -> text(test, "/alertname") + (test.path("exp_alerts").isEmpty() ? " quiet" : " fires"))
                .distinct();
        // Then
        assertThat(tested)
                .containsExactlyInAnyOrderElementsOf(alerts().stream()
                        .map(alert -> text(alert, "/alert"))
                        .flatMap(alert -> Stream.of(alert + " quiet", alert + " fires"))
                        .toList());
    }

    @Test
    void shouldScrapeEveryProcessThatHasMetrics() {
        assertThat(items(yaml("prometheus.yml"), "/scrape_configs").map(it -> text(it, "/job_name")))
                .containsExactlyInAnyOrderElementsOf(Metrics.processes());
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void shouldAskOnlyForWhatThereIs(String expression) {
        assertThat(Promql.of(expression).names()).isNotEmpty();
        assertThat(Promql.of(expression).unknown()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void shouldNoticeAnotherName(String expression) {
        Promql named = Promql.of(expression);
        Stream<String> values = named.values().stream().map(Promql.Value::text);
        Stream.concat(named.names().stream(), values).forEach(name -> {
            String renamed = expression.replaceAll("(?<!\\w)\\Q" + name + "\\E(?!\\w)", name + "_renamed");
            assertThat(Promql.of(renamed).unknown()).contains(name + "_renamed");
        });
    }

    @ParameterizedTest
    @CsvSource({"check, config, prometheus.yml", "check, rules, alerts.yml", "test, rules, alerts_test.yml"})
    void shouldBeTaken(String does, String what, String file) throws Exception {
        Installed.require("promtool", "prometheus");
        Ended ended = Tools.run(FOLDER, List.of("promtool", does, what, file));
        assertThat(ended.code()).as(ended.output()).isZero();
    }

    /** Grafana shows the last sample of the range, however old, while the query answers with none. */
    @Test
    void shouldCountNoJobWhereNoneRuns(@TempDir Path folder) throws Exception {
        // Given
        Installed.require("promtool", "prometheus");
        String expression = GrafanaTest.dashboards().stream()
                .flatMap(GrafanaTest.Dashboard::panels)
                .filter(panel -> text(panel, "/title").equals("Jobs running"))
                .map(panel -> text(panel, "/targets/0/expr").replace("$job", ".*"))
                .findAny()
                .orElseThrow();
        Files.writeString(folder.resolve("test.yml"), """
                tests:
                  - interval: 1m
                    input_series:
                      - {series: 'flink_jobmanager_job_allSubTasksRunningOrFinishedTime{job_name="a"}', values: '60000 0'}
                    promql_expr_test:
                      - {expr: '%1$s', eval_time: 0m, exp_samples: [{labels: '{}', value: 1}]}
                      - {expr: '%1$s', eval_time: 1m, exp_samples: [{labels: '{}', value: 0}]}
                      - {expr: '%1$s', eval_time: 9m, exp_samples: [{labels: '{}', value: 0}]}
                """.formatted(expression));

        // When
        Ended ended = Tools.run(folder, List.of("promtool", "test", "rules", "test.yml"));

        // Then
        assertThat(ended.code()).as(ended.output()).isZero();
    }

    private static JsonNode yaml(String file) {
        return Sources.tree(FOLDER.resolve(file));
    }
}
