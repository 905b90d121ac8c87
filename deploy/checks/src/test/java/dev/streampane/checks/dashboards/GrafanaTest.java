// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrafanaTest {

    private static final Path FOLDER = Checkout.root().resolve("deploy/dashboards/grafana");
    private static final Exposed EXPOSED = Exposed.byTheStack();
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

        List<JsonNode> targets() {
            List<JsonNode> targets = new ArrayList<>();
            json.path("panels").forEach(panel -> panel.path("targets").forEach(targets::add));
            return targets;
        }

        /** Queries of Elasticsearch. */
        List<PanelSearch> searches() {
            List<PanelSearch> searches = new ArrayList<>();
            for (JsonNode panel : json.path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    String index = indices().get(target.at("/datasource/uid").asText());
                    if (!index.isEmpty()) {
                        String title = "grafana " + panel.path("title").asText();
                        searches.add(PanelSearch.of(title, index, target));
                    }
                }
            }
            return searches;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Dashboard> dashboards() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve("dashboards"))) {
            return files.sorted()
                    .map(file -> new Dashboard(file.getFileName().toString(), json(file)))
                    .toList();
        }
    }

    @Test
    void shouldHaveTheFourDashboards() throws IOException {
        assertThat(dashboards())
                .extracting(Dashboard::name)
                .containsExactly("books.json", "business.json", "pipeline.json", "results-api.json");
        assertThat(dashboards()).extracting(one -> one.json().path("uid")).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldAskOnlyForMetricsThatARunningStackExposes(Dashboard dashboard) {
        assertThat(dashboard.targets()).isNotEmpty();
        for (String expression : dashboard.expressions()) {
            assertThat(Promql.of(expression).metrics()).as(expression).isNotEmpty();
            assertThat(EXPOSED.unknown(expression)).as(expression).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldNoticeAMetricOfAnotherName(Dashboard dashboard) {
        for (String expression : dashboard.expressions()) {
            for (String metric : Promql.of(expression).metrics()) {
                String renamed = expression.replaceAll("\\b" + metric + "\\b", metric + "_renamed");
                assertThat(EXPOSED.unknown(renamed)).contains(metric + "_renamed");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldAskOnlyForProcessesAndVerdictsThatThereAre(Dashboard dashboard) {
        for (String expression : dashboard.expressions()) {
            assertThat(LabelValues.unknown(expression)).as(expression).isEmpty();
            for (String value : LabelValues.of(expression)) {
                assertThat(LabelValues.unknown(expression.replace(value, value + "_renamed")))
                        .contains(value + "_renamed");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldAskOnlyForFieldsThatAreIndexed(Dashboard dashboard) {
        Map<String, String> indices = indices();
        for (JsonNode target : dashboard.targets()) {
            String index = indices.get(target.at("/datasource/uid").asText());
            if (!index.isEmpty()) {
                assertThat(IndexedFields.of(index).keySet()).as("%s", target).containsAll(fields(target));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldNameOnlyProvisionedDataSources(Dashboard dashboard) {
        Set<String> named = new TreeSet<>();
        for (JsonNode panel : dashboard.json().path("panels")) {
            named.add(panel.at("/datasource/uid").asText());
            panel.path("targets")
                    .forEach(target -> named.add(target.at("/datasource/uid").asText()));
        }
        assertThat(indices().keySet()).containsAll(named);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void shouldHavePanelsThatDoNotOverlap(Dashboard dashboard) {
        Set<String> cells = new TreeSet<>();
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : dashboard.json().path("panels")) {
            JsonNode at = panel.path("gridPos");
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < at.path("w").asInt(); x++) {
                for (int y = 0; y < at.path("h").asInt(); y++) {
                    String cell =
                            (at.path("x").asInt() + x) + "," + (at.path("y").asInt() + y);
                    assertThat(cells.add(cell))
                            .as("%s at %s", panel.path("title"), cell)
                            .isTrue();
                }
            }
        }
    }

    private static List<String> fields(JsonNode target) {
        List<String> fields =
                new ArrayList<>(IndexedFields.ofQuery(target.path("query").asText()));
        fields.add(target.path("timeField").asText());
        target.path("metrics").forEach(metric -> fields.add(metric.path("field").asText()));
        target.path("bucketAggs")
                .forEach(bucket -> fields.add(bucket.path("field").asText()));
        fields.removeIf(String::isEmpty);
        return fields;
    }

    /** By a data source's uid its index, empty for Prometheus. */
    private static Map<String, String> indices() {
        Map<String, String> indices = new TreeMap<>();
        Path file = FOLDER.resolve("provisioning/datasources/streampane.yml");
        try {
            for (JsonNode source : new YAMLMapper().readTree(file.toFile()).path("datasources")) {
                indices.put(
                        source.path("uid").asText(),
                        source.at("/jsonData/index").asText());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return indices;
    }

    private static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
