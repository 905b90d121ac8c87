// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.dashboards.KibanaExport.Saved;
import dev.streampane.checks.facts.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KibanaTest {

    /** The shapes that the objects have, none newer than Kibana 8.19's own; it brings older ones up to date. */
    private static final Map<String, String> SHAPES =
            Map.of("index-pattern", "8.0.0", "visualization", "8.5.0", "dashboard", "8.9.0");

    static List<Saved> objects() {
        return KibanaExport.objects();
    }

    static List<Saved> visualizations() {
        return KibanaExport.visualizations();
    }

    @Test
    void shouldHaveBothDashboards() {
        assertThat(KibanaExport.ofType("dashboard"))
                .extracting(dashboard -> dashboard.attributes().path("title").asText())
                .containsExactly("Weather Dashboard", "Transactions");
        assertThat(KibanaExport.ofType("dashboard"))
                .allMatch(dashboard ->
                        dashboard.attributes().path("timeFrom").asText().equals("now-24h"));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void shouldReferOnlyToWhatIsInTheFile(Saved object) {
        // Given
        Set<String> keys = objects().stream().map(Saved::key).collect(Collectors.toSet());
        // When
        List<String> referred = new ArrayList<>();
        object.references()
                .forEach(reference ->
                        referred.add(object.referred(reference.path("name").asText())));
        // Then
        assertThat(keys).hasSameSizeAs(objects()).containsAll(referred);
        assertThat(SHAPES)
                .containsEntry(
                        object.type(),
                        object.json().path("typeMigrationVersion").asText());
    }

    @Test
    void shouldShowEachPanelByAReference() {
        Set<String> shown = new TreeSet<>();
        for (Saved dashboard : KibanaExport.ofType("dashboard")) {
            for (JsonNode panel : dashboard.nested("/panelsJSON")) {
                String name = panel.path("panelIndex").asText()
                        + ":"
                        + panel.path("panelRefName").asText();
                shown.add(dashboard.referred(name));
                assertThat(panel.at("/gridData/i")).isEqualTo(panel.path("panelIndex"));
                assertThat(panel.at("/gridData/x").asInt()
                                + panel.at("/gridData/w").asInt())
                        .isLessThanOrEqualTo(48);
            }
        }
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        visualizations().stream().map(Saved::key).toList());
    }

    @Test
    void shouldHaveDataViewsOfOurIndicesWithTheirTime() {
        assertThat(KibanaExport.ofType("index-pattern")).isNotEmpty().allSatisfy(view -> assertThat(
                        IndexedFields.of(view.attributes().path("title").asText()))
                .containsEntry(view.attributes().path("timeFieldName").asText(), "date"));
    }

    @ParameterizedTest
    @MethodSource("visualizations")
    void shouldAskOnlyForFieldsThatAreIndexed(Saved visualization) {
        assertThat(fields(visualization)).isNotEmpty();
        assertThat(unfit(visualization)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("visualizations")
    void shouldNoticeAFieldOfAnotherName(Saved visualization) {
        for (String field : fields(visualization).keySet()) {
            // Given
            String whole = "(?<![\\w.@])" + Pattern.quote(field) + "(?![\\w.])";
            String text = visualization.attributes().toString();
            Saved renamed = new Saved(
                    visualization.type(),
                    visualization.id(),
                    Sources.json(text.replaceAll(whole, field + "_renamed")),
                    visualization.references(),
                    visualization.json());
            // Then
            assertThat(unfit(renamed)).containsExactly(field + "_renamed");
        }
    }

    /** Fields that are in no template, or with a type that does not go with their use. */
    private static List<String> unfit(Saved visualization) {
        Map<String, String> indexed = IndexedFields.of(KibanaExport.index(visualization));
        return fields(visualization).entrySet().stream()
                .filter(field -> !fits(field.getValue(), indexed.get(field.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean fits(String use, String type) {
        return type != null
                && switch (use) {
                    case "terms" -> type.equals("keyword");
                    case "date_histogram" -> type.equals("date");
                    case "query" -> true;
                    default -> Set.of("double", "long", "integer").contains(type);
                };
    }

    @ParameterizedTest
    @MethodSource("visualizations")
    void shouldOrderAndDrawByAggregationsThatAreThere(Saved visualization) {
        // Given
        JsonNode state = visualization.nested("/visState");
        Set<String> ids = new TreeSet<>();
        state.path("aggs").forEach(agg -> ids.add(agg.path("id").asText()));
        // When
        Set<String> named = new TreeSet<>();
        state.path("aggs").forEach(agg -> named.add(agg.at("/params/orderBy").asText()));
        state.at("/params/seriesParams")
                .forEach(series -> named.add(series.at("/data/id").asText()));
        named.removeAll(Set.of("", "_key"));
        // Then
        assertThat(ids).hasSize(state.path("aggs").size()).containsAll(named);
        assertThat(state.path("title")).isEqualTo(visualization.attributes().path("title"));
    }

    /** What is done with each field: the aggregation's type, or {@code query}. */
    private static Map<String, String> fields(Saved visualization) {
        Map<String, String> fields = new TreeMap<>();
        JsonNode search = visualization.nested("/kibanaSavedObjectMeta/searchSourceJSON");
        IndexedFields.ofQuery(search.at("/query/query").asText()).forEach(field -> fields.put(field, "query"));
        for (JsonNode agg : visualization.nested("/visState").path("aggs")) {
            if (agg.path("params").has("field")) {
                fields.put(agg.at("/params/field").asText(), agg.path("type").asText());
            }
        }
        return fields;
    }
}
