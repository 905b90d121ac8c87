// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.facts.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrafanaTest {

    private static final String FOLDER = "deploy/dashboards/grafana/";
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
    private static final Pattern AGGREGATED = Pattern.compile("\\b(sum|max)\\b");
    private static final Pattern BY_JOB = Pattern.compile("by \\([^)]*\\b(job_name|exported_job)\\b");

    /** A dashboard of the folder. */
    record Dashboard(String name, JsonNode json) {

        /** Queries of panels, and those of variables as expressions. */
        List<String> expressions() {
            List<String> expressions = new ArrayList<>();
            targets().forEach(target -> expressions.add(text(target, "/expr")));
            for (JsonNode variable : json.at("/templating/list")) {
                Matcher values = LABEL_VALUES.matcher(text(variable, "/query/query"));
                assertThat(values.matches()).as("%s", variable).isTrue();
                expressions.add("sum by (%s) (%s)".formatted(values.group(2), values.group(1)));
            }
            expressions.removeIf(String::isEmpty);
            return expressions;
        }

        Stream<JsonNode> panels() {
            return items(json, "/panels");
        }

        Stream<JsonNode> targets() {
            return panels().flatMap(panel -> items(panel, "/targets"));
        }

        /** Queries of Elasticsearch. */
        Stream<PanelSearch> searches() {
            return panels().flatMap(panel -> items(panel, "/targets")
                    .filter(it -> !indices().get(source(it)).isEmpty())
                    .map(it -> PanelSearch.of(
                            "grafana " + text(panel, "/title"), indices().get(source(it)), it)));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Dashboard> dashboards() {
        return Sources.files(FOLDER + "dashboards").stream()
                .map(file -> new Dashboard(file.getFileName().toString(), Sources.tree(file)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldNameOnlyProvisionedDataSources(Dashboard dashboard) {
        assertThat(dashboard.targets()).isNotEmpty();
        assertThat(Stream.concat(dashboard.panels(), dashboard.targets()).map(GrafanaTest::source))
                .isSubsetOf(indices().keySet());
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldAskForTheChosenJobsWhereItTellsJobsApart(Dashboard dashboard) {
        // Given
        boolean choosesJobs = items(dashboard.json(), "/templating/list")
                .anyMatch(it -> text(it, "/name").equals("job"));
        // When
        Stream<String> everybodys = dashboard
                .targets()
                .map(target -> text(target, "/expr"))
                .filter(expression -> BY_JOB.matcher(expression)
                        .results()
                        .anyMatch(by -> !expression.contains(by.group(1) + "=~\"$job\"")));
        // Then
        assertThat(everybodys.filter(expression -> choosesJobs)).isEmpty();
    }

    /** A series without labels in its legend looks like each other one of its metric: several JobManagers, several results-api. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldTellApartTheSeriesOfAMetricThatIsNotAddedUp(Dashboard dashboard) {
        // When
        Stream<String> alike = dashboard
                .targets()
                .filter(target -> !text(target, "/expr").isEmpty())
                .filter(target -> !AGGREGATED.matcher(text(target, "/expr")).find())
                .map(target -> text(target, "/legendFormat"))
                .filter(legend -> !legend.contains("{{"));
        // Then
        assertThat(alike).isEmpty();
    }

    private static String source(JsonNode asks) {
        return text(asks, "/datasource/uid");
    }

    /** By a data source's uid its index, empty for Prometheus. */
    private static Map<String, String> indices() {
        Map<String, String> indices = new TreeMap<>();
        items(Sources.tree(Sources.text(FOLDER + "provisioning/datasources/streampane.yml")), "/datasources")
                .forEach(it -> indices.put(text(it, "/uid"), text(it, "/jsonData/index")));
        return indices;
    }
}
