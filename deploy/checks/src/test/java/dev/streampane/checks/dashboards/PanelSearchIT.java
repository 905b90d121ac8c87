// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.checks.dashboards.PanelSearch.Metric;
import dev.streampane.local.Http;
import dev.streampane.local.IndexTemplates;
import dev.streampane.local.LocalElasticsearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each panel's aggregation on a real Elasticsearch, with our templates and documents as index-results writes them. */
class PanelSearchIT {

    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("uuuu.MM");

    /** The panels show the last day, which only documents of that day can be in. */
    private static final Instant START =
            Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(2, ChronoUnit.HOURS);

    @TempDir static Path data;

    private static LocalElasticsearch elasticsearch;

    @BeforeAll
    static void index() throws IOException {
        elasticsearch = LocalElasticsearch.start(data);
        IndexTemplates.install(elasticsearch.url());
        for (int minute = 0; minute < 30; minute++) {
            Instant end = START.plus(minute, ChronoUnit.MINUTES);
            for (int n = 1; n <= 3; n++) {
                put("window-results-weather-average-", end, window(end, n, "weather-average"));
                put("window-results-transaction-total-", end, window(end, n, "transaction-total"));
            }
            put("audit-", end, line(end));
            put("alerts-", end, alert(end, minute % 2));
        }
        Http.post(elasticsearch.url().resolve("/_refresh"), "");
    }

    @AfterAll
    static void stop() {
        elasticsearch.close();
    }

    static List<PanelSearch> searches() throws IOException {
        List<PanelSearch> searches = new ArrayList<>();
        KibanaExport.visualizations().forEach(one -> searches.add(PanelSearch.of(one)));
        GrafanaTest.dashboards().stream()
                .filter(dashboard -> dashboard.name().equals("business.json"))
                .forEach(dashboard -> searches.addAll(dashboard.searches()));
        return searches;
    }

    @ParameterizedTest
    @MethodSource("searches")
    void shouldReturnNumbersInEachBucket(PanelSearch search) throws IOException {
        // When
        JsonNode answer = search(search.index(), search.json());
        // Then
        List<JsonNode> leaves = leaves(answer.path("aggregations"), search, 0);
        assertThat(answer.at("/hits/total/value").asLong()).isPositive();
        assertThat(leaves).isNotEmpty();
        for (JsonNode leaf : leaves) {
            for (Metric metric : search.metrics()) {
                JsonNode value =
                        metric.isCount()
                                ? leaf.path("doc_count")
                                : leaf.path(metric.id()).path("value");
                assertThat(value.isNumber()).as("%s in %s", metric, leaf).isTrue();
            }
        }
    }

    @Test
    void shouldGiveTheNumbersOfTheDocuments() throws IOException {
        // Given
        PanelSearch temperature = kibana("streampane-weather-temperature-now");
        PanelSearch counts = kibana("streampane-weather-counts");
        PanelSearch total = kibana("streampane-transactions-per-client");
        // When
        JsonNode devices = search(temperature.index(), temperature.json()).at("/aggregations/2");
        JsonNode books = search(counts.index(), counts.json()).path("aggregations");
        JsonNode clients = search(total.index(), total.json()).at("/aggregations/2/buckets");
        // Then
        assertThat(devices.at("/buckets/0/key").asText()).isEqualTo("1");
        assertThat(devices.at("/buckets/0/1/value").asDouble()).isEqualTo(11);
        assertThat(devices.at("/buckets/2/1/value").asDouble()).isEqualTo(13);
        assertThat(books.at("/1/value").asLong()).isEqualTo(30 * 20);
        assertThat(books.at("/2/value").asLong()).isEqualTo(30 * (12 + 11));
        assertThat(books.at("/3/value").asLong()).isEqualTo(30 * (2 + 3));
        assertThat(books.at("/4/value").asLong()).isEqualTo(30);
        assertThat(clients.at("/0/key").asText()).as("most first").isEqualTo("3");
        assertThat(clients.at("/0/1/value").asDouble()).isEqualTo(30 * 30);
    }

    @Test
    void shouldReturnNothingWhenAFieldHasAnotherName() throws IOException {
        // Given
        PanelSearch search = kibana("streampane-weather-temperature-now");
        // When
        JsonNode answer =
                search(search.index(), search.json().replace("avg_temp", "avg_temp_renamed"));
        // Then
        assertThat(answer.at("/aggregations/2/buckets/0/1/value").isNull()).isTrue();
    }

    private static PanelSearch kibana(String id) {
        return KibanaExport.visualizations().stream()
                .filter(one -> one.id().equals(id))
                .map(PanelSearch::of)
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

    private static void put(String index, Instant time, String document) throws IOException {
        String id = Integer.toHexString(document.hashCode());
        String month = MONTH.format(time.atOffset(ZoneOffset.UTC));
        Http.put(elasticsearch.url().resolve("/" + index + month + "/_doc/" + id), document);
    }

    private static String window(Instant end, int n, String job) {
        String own =
                job.equals("weather-average")
                        ? """
                          "values":{"avg_temp":%1$d,"avg_hum":50.5,"min_temp":1,"max_temp":30,"min_hum":40,"max_hum":60},
                          "avg_temp":%1$d,"avg_hum":50.5,"row_date":"2026-01-15","row_time":"10:00:59"
                          """
                                .formatted(10 + n)
                        : """
                          "values":{"total_amount":%1$d,"min_amount":1,"max_amount":%1$d},"total_amount":%1$d,
                          "window_start":"%2$s","window_end":"%2$s"
                          """
                                .formatted(10 * n, end);
        return """
               {"id":"%1$s~%2$d~%3$s","job":"%1$s","spec":"tumbling(1m)","key":"%2$d","client":"%2$d","generation":1,"rev":1,"status":"FINAL",
               "window":{"kind":"tumbling","start":"%3$s","end":"%3$s","zone":"UTC"},"count":12,"late":1,"@timestamp":"%3$s",%4$s}
               """
                .formatted(job, n, end, own);
    }

    private static String line(Instant at) {
        return """
               {"kind":"line","job":"weather-average","generation":1,"topic":"device-readings","partition":0,"first":0,"last":19,"records":20,
               "rows":20,"rejected":1,"heartbeats":5,"unguarded":0,"@timestamp":"%s","specs":[{"spec":"tumbling(1m)","counted":12,"late":2},
               {"spec":"tumbling(10s)","counted":11,"late":3}]}
               """
                .formatted(at);
    }

    private static String alert(Instant at, int n) {
        return """
               {"id":"%1$s","job":"fraud-detection","generation":1,"pattern":"%2$s","client":"%3$d","score":0.5,"reason":"eleven payments",
               "start":"%1$s","end":"%1$s","@timestamp":"%1$s"}
               """
                .formatted(at, List.of("many-transactions", "unusual-amount").get(n), n);
    }
}
