// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.dashboards.GrafanaTest.Dashboard;
import dev.streampane.checks.dashboards.IndexResults.Document;
import dev.streampane.checks.dashboards.KibanaTest.Saved;
import dev.streampane.checks.dashboards.PanelSearch.Agg;
import dev.streampane.checks.facts.Sources;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalElasticsearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
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

    private static final String DEVICE = "window-result/weather-average";
    private static final String OTHER_DEVICE = "window-result/key-that-the-id-encodes";
    private static final String CLIENT = "window-result/transaction-total";
    private static final String OTHER_CLIENT = "window-result/zero-sum";
    private static final String LINE = "audit-line/two-specifications";
    private static final List<String> ALERTS =
            List.of("alert/small-then-large", "alert/unusual-amount", "alert/impossible-travel");

    /** When the examples begin, and their times as values and in ids. */
    private static final Instant OF_EXAMPLES = Instant.parse("2026-11-20T06:00:00Z");

    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z");
    private static final Pattern TIME_OF_ID = Pattern.compile("\\d{8}T\\d{6}\\.\\d{3}Z");
    private static final DateTimeFormatter OF_ID =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSSX").withZone(ZoneOffset.UTC);

    /** The panels show the last day, which only documents of that day can be in. */
    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(2, ChronoUnit.HOURS);

    private static final int TIMES = 30;

    @TempDir
    static Path data;

    private static LocalElasticsearch elasticsearch;

    @BeforeAll
    static void index() throws Exception {
        elasticsearch = LocalElasticsearch.start(data);
        IndexTemplates.install(elasticsearch.url());
        List<Document> documents = new ArrayList<>();
        try (IndexResults writer = new IndexResults()) {
            for (int minute = 0; minute < TIMES; minute++) {
                Instant begin = START.plus(minute, ChronoUnit.MINUTES);
                for (String result : List.of(DEVICE, OTHER_DEVICE, CLIENT, OTHER_CLIENT)) {
                    documents.addAll(writer.write("window-results", moved(result, begin), begin));
                }
                documents.addAll(writer.write(IndexResults.AUDIT, moved(LINE, begin), begin));
            }
            for (String alert : ALERTS) {
                documents.addAll(writer.write(IndexResults.ALERTS, moved(alert, START), START));
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
        assertThat(unanswered(search, search.index())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("searches")
    void shouldAskOnlyForFieldsThatAreIndexed(PanelSearch search) throws IOException {
        // When
        JsonNode indexed = indexed(search.index());
        // Then
        search.fields()
                .forEach((field, use) ->
                        assertThat(fits(use, indexed.path(field))).as(field).isTrue());
    }

    @Test
    void shouldHaveDataViewsOfOurIndicesWithTheirTime() throws IOException {
        for (Saved view : KibanaTest.ofType("index-pattern")) {
            String time = Sources.text(view.attributes(), "/timeFieldName");
            assertThat(indexed(view.title()).path(time).has("date"))
                    .as("%s", view)
                    .isTrue();
        }
    }

    private static JsonNode indexed(String index) throws IOException {
        return Http.get(elasticsearch.url().resolve("/" + index + "/_field_caps?fields=*"))
                .path("fields");
    }

    /** Whether a field is there, with a type that goes with its use. */
    private static boolean fits(String use, JsonNode types) {
        return switch (use) {
            case "terms" -> types.has("keyword");
            case "date_histogram" -> types.has("date");
            case "query" -> !types.isMissingNode();
            default -> types.has("double") || types.has("long") || types.has("integer");
        };
    }

    @Test
    void shouldGiveTheNumbersOfTheDocuments() throws IOException {
        // Given
        JsonNode line = Http.JSON.readTree(example(LINE));
        PanelSearch temperature = kibana("streampane-weather-temperature-now");
        PanelSearch counts = kibana("streampane-weather-counts");
        PanelSearch total = kibana("streampane-transactions-per-client");
        // When
        JsonNode devices = search(temperature.index(), temperature.json()).at("/aggregations/2");
        JsonNode books = search(counts.index(), counts.json()).path("aggregations");
        JsonNode clients = search(total.index(), total.json()).at("/aggregations/2/buckets");
        // Then
        assertThat(devices.at("/buckets/1/key").asText()).isEqualTo("device1");
        assertThat(devices.at("/buckets/1/1/value").asDouble()).isEqualTo(19.38, within(1e-9));
        assertThat(books.at("/1/value").asLong())
                .isEqualTo(TIMES * line.path("rows").asLong());
        assertThat(books.at("/2/value").asLong()).isEqualTo(TIMES * sum(line, "counted"));
        assertThat(books.at("/3/value").asLong()).isEqualTo(TIMES * sum(line, "late"));
        assertThat(books.at("/5/value").asLong())
                .isEqualTo(TIMES * line.path("heartbeats").asLong());
        assertThat(clients.at("/0/key").asText()).as("most first").isEqualTo("3");
        assertThat(clients.at("/0/1/value").asDouble()).isEqualTo(TIMES * 360.0);
        assertThat(clients.at("/1/1/value").asDouble()).isZero();
    }

    @Test
    void shouldNoticeAFieldThatTheCodeCallsOtherwise() throws Exception {
        // Given
        Document written;
        try (IndexResults writer = new IndexResults()) {
            written =
                    writer.write("window-results", moved(DEVICE, START), START).get(0);
        }
        ObjectNode source = (ObjectNode) Http.JSON.readTree(written.source());
        source.set("mean_temp", source.remove("avg_temp"));
        Document renamed = new Document("renamed", written.id(), source.toString());
        ObjectNode mappings = (ObjectNode) Http.get(elasticsearch.url().resolve("/" + written.index() + "/_mapping"))
                .path(written.index())
                .path("mappings");
        mappings.put("dynamic", false);
        Http.put(
                elasticsearch.url().resolve("/renamed"),
                Http.JSON.createObjectNode().set("mappings", mappings).toString());
        // When
        put(List.of(renamed));
        // Then
        assertThat(unanswered(kibana("streampane-weather-humidity-now"), "renamed"))
                .isEmpty();
        assertThat(unanswered(kibana("streampane-weather-temperature-now"), "renamed"))
                .containsExactly("avg_temp");
        assertThatThrownBy(() -> put(List.of(new Document(written.index(), "renamed", renamed.source()))))
                .as("by our templates")
                .hasMessageContaining("strict_dynamic_mapping_exception");
    }

    /** Fields of metrics that are no numbers in some bucket; the search itself when it has none. */
    private static List<String> unanswered(PanelSearch search, String index) throws IOException {
        JsonNode answer = search(index, search.json());
        List<JsonNode> leaves = leaves(answer.path("aggregations"), search, 0);
        if (answer.at("/hits/total/value").asLong() == 0 || leaves.isEmpty()) {
            return List.of(search.name());
        }
        return leaves.stream()
                .flatMap(leaf -> search.metrics().stream()
                        .filter(it -> !leaf.at(it.isCount() ? "/doc_count" : "/" + it.id() + "/value")
                                .isNumber()))
                .map(Agg::field)
                .toList();
    }

    private static long sum(JsonNode line, String field) {
        return Sources.items(line, "/specs")
                .mapToLong(it -> it.path(field).asLong())
                .sum();
    }

    private static PanelSearch kibana(String id) {
        return searches().stream()
                .filter(it -> it.name().equals("visualization/" + id))
                .findAny()
                .orElseThrow();
    }

    private static JsonNode search(String index, String request) throws IOException {
        return Http.post(elasticsearch.url().resolve("/" + index + "/_search"), request);
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

    private static String example(String name) {
        return Sources.text("deploy/schemas/" + name.replace("/", "/v1/examples/") + ".json");
    }

    /** An example as if it had been written at another time. */
    private static String moved(String name, Instant begin) {
        Duration by = Duration.between(OF_EXAMPLES, begin);
        String values = TIME.matcher(example(name))
                .replaceAll(time -> Instant.parse(time.group()).plus(by).toString());
        return TIME_OF_ID
                .matcher(values)
                .replaceAll(time ->
                        OF_ID.format(OF_ID.parse(time.group(), Instant::from).plus(by)));
    }
}
