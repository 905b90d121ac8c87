// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.dashboards.GrafanaTest.Dashboard;
import dev.streampane.checks.dashboards.IndexResults.Document;
import dev.streampane.checks.dashboards.PanelSearch.Agg;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each panel's aggregation on a real Elasticsearch, with our templates and the documents that index-results makes of the contracts'
 * examples.
 */
class PanelSearchIT {

    /** Examples of contracts by topic. */
    private static final Map<String, List<String>> EXAMPLES = Map.of(
            "window-results",
            List.of(
                    "window-result/weather-average",
                    "window-result/key-that-the-id-encodes",
                    "window-result/transaction-total",
                    "window-result/zero-sum"),
            IndexResults.AUDIT,
            List.of("audit-line/two-specifications"),
            IndexResults.ALERTS,
            List.of("alert/small-then-large", "alert/unusual-amount", "alert/impossible-travel"));

    @TempDir
    static Path data;

    private static LocalElasticsearch elasticsearch;

    @BeforeAll
    static void index() throws Exception {
        elasticsearch = LocalElasticsearch.start(data);
        IndexTemplates.install(elasticsearch.url());
        List<Document> documents = new ArrayList<>();
        try (IndexResults writer = new IndexResults()) {
            for (String topic : EXAMPLES.keySet()) {
                for (String name : EXAMPLES.get(topic)) {
                    String example = Sources.text("deploy/schemas/" + name.replace("/", "/v1/examples/") + ".json");
                    documents.addAll(writer.write(topic, example));
                }
            }
        }
        put(documents);
    }

    @AfterAll
    static void stop() {
        if (elasticsearch != null) {
            elasticsearch.close();
        }
    }

    static List<PanelSearch> searches() {
        return Stream.concat(
                        KibanaTest.visualizations().stream().map(PanelSearch::of),
                        GrafanaTest.dashboards().stream().flatMap(Dashboard::searches))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("searches")
    void shouldReturnNumbersInEachBucket(PanelSearch search) throws IOException {
        assertThat(unanswered(search)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("searches")
    void shouldAskOnlyForFieldsThatAreIndexed(PanelSearch search) throws IOException {
        assertThat(indexed(search.index())).containsAll(search.fields());
    }

    @Test
    void shouldNoticeAFieldThatTheCodeCallsOtherwise() throws IOException {
        // Given
        PanelSearch panel = searches().stream()
                .filter(it -> it.name().equals("visualization/streampane-weather-temperature-now"))
                .findAny()
                .orElseThrow();
        Agg renamed = new Agg("1", "avg", "mean_temp");
        // When
        PanelSearch changed = new PanelSearch(
                panel.name(), panel.index(), panel.time(), panel.query(), panel.buckets(), List.of(renamed));
        // Then
        assertThat(unanswered(changed)).containsExactly("mean_temp");
        assertThat(indexed(panel.index())).contains("avg_temp").doesNotContain("mean_temp");
    }

    /** The fields of an index. */
    private static List<String> indexed(String index) throws IOException {
        JsonNode answer = Http.get(elasticsearch.url().resolve("/" + index + "/_field_caps?fields=*"));
        return answer.path("fields").properties().stream()
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Fields of metrics that are no numbers in some bucket; the search itself when it has none. */
    private static List<String> unanswered(PanelSearch search) throws IOException {
        JsonNode answer = Http.post(elasticsearch.url().resolve("/" + search.index() + "/_search"), search.json());
        List<JsonNode> leaves = leaves(answer.path("aggregations"), search, 0);
        if (answer.at("/hits/total/value").asLong() == 0 || leaves.isEmpty()) {
            return List.of(search.name());
        }
        return leaves.stream()
                .flatMap(leaf -> search.metrics().stream()
                        .filter(it -> !leaf.at(it.isCount() ? "/doc_count" : "/" + it.id() + "/value")
                                .isNumber()))
                .map(Agg::field)
                .distinct()
                .toList();
    }

    /** The innermost buckets; the whole answer when there are none. */
    private static List<JsonNode> leaves(JsonNode place, PanelSearch search, int depth) {
        if (depth == search.buckets().size()) {
            return List.of(place);
        }
        List<JsonNode> leaves = new ArrayList<>();
        place.path(search.buckets().get(depth).id())
                .path("buckets")
                .forEach(bucket -> leaves.addAll(leaves(bucket, search, depth + 1)));
        return leaves;
    }

    /** All at once; none is refused. */
    private static void put(List<Document> documents) throws IOException {
        StringBuilder bulk = new StringBuilder();
        for (Document document : documents) {
            ObjectNode action = Http.JSON.createObjectNode();
            action.putObject("index").put("_index", document.index()).put("_id", document.id());
            bulk.append(action).append('\n').append(document.source()).append('\n');
        }
        JsonNode answer = Http.post(elasticsearch.url().resolve("/_bulk?refresh=true"), bulk.toString());
        assertThat(answer.path("errors").asBoolean()).as("%s", answer).isFalse();
    }
}
