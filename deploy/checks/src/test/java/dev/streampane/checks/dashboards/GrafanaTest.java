// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrafanaTest {

    private static final String FOLDER = "deploy/dashboards/grafana/";
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");

    /** A dashboard of the folder. */
    record Dashboard(String name, JsonNode json) {

        /** Queries of panels, and those of variables as expressions. */
        List<String> expressions() {
            List<String> expressions = new ArrayList<>();
            targets().forEach(target -> expressions.add(target.path("expr").asText()));
            for (JsonNode variable : json.at("/templating/list")) {
                Matcher values =
                        LABEL_VALUES.matcher(variable.at("/query/query").asText());
                assertThat(values.matches()).as("%s", variable).isTrue();
                expressions.add("sum by (%s) (%s)".formatted(values.group(2), values.group(1)));
            }
            expressions.removeIf(String::isEmpty);
            return expressions;
        }

        Stream<JsonNode> panels() {
            return Sources.items(json.path("panels"));
        }

        Stream<JsonNode> targets() {
            return panels().flatMap(panel -> Sources.items(panel.path("targets")));
        }

        /** Queries of Elasticsearch. */
        List<PanelSearch> searches() {
            return panels().flatMap(panel -> Sources.items(panel.path("targets"))
                            .filter(target -> !index(target).isEmpty())
                            .map(target -> PanelSearch.of(
                                    "grafana " + panel.path("title").asText(), index(target), target)))
                    .toList();
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

    @Test
    void shouldHaveTheFourDashboards() {
        assertThat(dashboards())
                .extracting(Dashboard::name)
                .containsExactly("books.json", "business.json", "pipeline.json", "results-api.json");
        assertThat(dashboards()).extracting(one -> one.json().path("uid")).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldAskOnlyForFieldsThatAreIndexed(Dashboard dashboard) {
        assertThat(dashboard.targets()).isNotEmpty();
        dashboard.targets().filter(target -> !index(target).isEmpty()).forEach(target -> assertThat(
                        IndexedFields.of(index(target)).keySet())
                .as("%s", target)
                .containsAll(fields(target)));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldNameOnlyProvisionedDataSources(Dashboard dashboard) {
        assertThat(Stream.concat(dashboard.panels(), dashboard.targets()))
                .extracting(asks -> asks.at("/datasource/uid").asText())
                .isSubsetOf(indices().keySet());
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldHavePanelsThatDoNotOverlap(Dashboard dashboard) {
        Map<Integer, JsonNode> panels = new TreeMap<>();
        dashboard.panels().forEach(panel -> {
            JsonNode here = panel.path("gridPos");
            assertThat(here.path("x").asInt() + here.path("w").asInt()).isLessThanOrEqualTo(24);
            assertThat(panels.values())
                    .as("%s", panel.path("title"))
                    .allMatch(other -> isApart(here, other, "x", "w") || isApart(here, other, "y", "h"));
            assertThat(panels.put(panel.path("id").asInt(), here)).isNull();
        });
    }

    private static boolean isApart(JsonNode one, JsonNode other, String from, String size) {
        return one.path(from).asInt() + one.path(size).asInt()
                        <= other.path(from).asInt()
                || other.path(from).asInt() + other.path(size).asInt()
                        <= one.path(from).asInt();
    }

    private static List<String> fields(JsonNode target) {
        List<String> fields =
                new ArrayList<>(IndexedFields.ofQuery(target.path("query").asText()));
        fields.add(target.path("timeField").asText());
        Stream.of("metrics", "bucketAggs")
                .flatMap(list -> Sources.items(target.path(list)))
                .forEach(agg -> fields.add(agg.path("field").asText()));
        fields.removeIf(String::isEmpty);
        return fields;
    }

    private static String index(JsonNode target) {
        return indices().get(target.at("/datasource/uid").asText());
    }

    /** By a data source's uid its index, empty for Prometheus. */
    private static Map<String, String> indices() {
        Map<String, String> indices = new TreeMap<>();
        Sources.tree(Sources.text(FOLDER + "provisioning/datasources/streampane.yml"))
                .path("datasources")
                .forEach(source -> indices.put(
                        source.path("uid").asText(),
                        source.at("/jsonData/index").asText()));
        return indices;
    }
}
