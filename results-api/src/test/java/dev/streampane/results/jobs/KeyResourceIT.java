// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys of windows in the tail, in the store and in both. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class KeyResourceIT extends OnFeeds {

    private static final long SEED = 815;

    @Inject
    MeterRegistry metrics;

    @BeforeEach
    void awaitFeed() {
        acknowledge();
    }

    @Test
    void shouldCountEachWindowOnceWhereverItLies() {
        // Given: keys whose order in UTF-8 is not that of Java's characters
        Random random = new Random(SEED);
        List<String> names = List.of("", "a", "a b", "aa", "b%", "\uFF5E", "\uD83D\uDE00", "é");
        Map<String, Integer> counts = new TreeMap<>(KeyQuery.ORDER);
        Map<String, Integer> latest = new TreeMap<>(KeyQuery.ORDER);
        List<String> stored = new ArrayList<>();
        log.begin();
        for (int n = 0; n < 300; n++) {
            String key = names.get(n % names.size());
            Instant start = SIX.plusSeconds(60L * n);
            String json = result("keyed", "k" + n % names.size(), start)
                    .replace("\"key\":\"k" + n % names.size() + "\"", "\"key\":\"" + key + "\"");
            int where = random.nextInt(3);
            if (where != 0) {
                stored.add(json);
            }
            if (where != 1) {
                log.add("window-results", 0, key, json);
            }
            counts.merge(key, 1, Integer::sum);
            latest.merge(key, n, Math::max);
        }
        String end = result("keyed-end", "k", SIX);
        log.add("window-results", 0, "k", end).commit();
        store.bulk("window-results-keyed-" + MONTH, stored);
        await().until(() ->
                feeds.tail().index().newest(id("keyed-end", "k", SIX)).isPresent());
        // When
        for (int limit : new int[] {1, 3, 8, 500}) {
            List<JsonNode> keys = Served.items("/api/v1/jobs/keyed/keys?limit=" + limit);
            // Then
            assertThat(keys)
                    .as("seed %d", SEED)
                    .extracting(key -> key.get("key").asText())
                    .containsExactlyElementsOf(counts.keySet());
            for (JsonNode key : keys) {
                String name = key.get("key").asText();
                assertThat(key.get("windows").asInt())
                        .as("seed %d, %s", SEED, name)
                        .isEqualTo(counts.get(name));
                assertThat(key.at("/last/start").asText())
                        .isEqualTo(SIX.plusSeconds(60L * latest.get(name)).toString());
                assertThat(key.at("/specs/0/spec").asText()).isEqualTo("tumbling(1m)");
            }
        }
        assertThat(Served.items("/api/v1/jobs/keyed/keys?prefix=a")).hasSize(3);
    }

    @Test
    void shouldCountTheWindowsOfMoreThanAHundredSpecifications() {
        // Given
        List<String> stored = IntStream.rangeClosed(1, 101)
                .mapToObj(n -> result("specified", "k", SIX.plusSeconds(60L * n))
                        .replace("tumbling(1m)", "tumbling(%dms)".formatted(1000 + n)))
                .toList();
        store.bulk("window-results-specified-" + MONTH, stored);
        // When Then
        assertThat(Served.items("/api/v1/jobs/specified/keys")).singleElement().satisfies(key -> {
            assertThat(key.get("windows").asInt()).isEqualTo(101);
            assertThat(key.get("specs")).hasSize(101);
        });
        ok("/api/v1/windows/aggregate?job=specified&fn=count&spec=tumbling(1101ms)")
                .body("items", hasSize(1));
        ok("/api/v1/jobs").body("items.find { it.job == 'specified' }.specs", hasSize(101));
    }

    @Test
    void shouldListKeysOfMoreSpecificationsThanElasticsearchTellsAtOnce() {
        // Given: each of 9 keys in 60 specifications
        List<String> stored = IntStream.range(0, 540)
                .mapToObj(n -> result("manifold", "k" + n % 9, SIX.plusSeconds(60L * n))
                        .replace("tumbling(1m)", "tumbling(%dms)".formatted(1000 + n / 9)))
                .toList();
        store.bulk("window-results-manifold-" + MONTH, stored);
        store.send("PUT", "/_cluster/settings", "{\"transient\":{\"search.max_buckets\":510}}");
        try {
            double before = failures();
            // When
            JsonNode page = Served.json("/api/v1/jobs/manifold/keys?limit=500");
            // Then: of 500 and of 62 keys
            assertThat(failures() - before).as("questions in vain for one page").isEqualTo(2);
            assertThat(page.get("items")).isNotEmpty();
            assertThat(Served.items("/api/v1/jobs/manifold/keys?limit=500"))
                    .hasSize(9)
                    .allSatisfy(key -> assertThat(key.get("specs")).hasSize(60));
        } finally {
            store.send("PUT", "/_cluster/settings", "{\"transient\":{\"search.max_buckets\":null}}");
        }
    }

    private double failures() {
        return metrics.find("streampane.results.elasticsearch.requests").tag("outcome", "failure").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    @Test
    void shouldSayThatThereAreMoreJobsThanItLists() {
        // Given
        List<String> stored = IntStream.rangeClosed(0, 500)
                .mapToObj(n -> result("of-many-" + n, "k", SIX))
                .toList();
        store.bulk("window-results-of-many-" + MONTH, stored);
        try {
            // When Then
            ok("/api/v1/jobs").body("truncated", equalTo(true)).body("reason", equalTo("too-many-jobs"));
        } finally {
            store.send("DELETE", "/window-results-of-many-" + MONTH, "");
        }
    }

    @Test
    void shouldNeitherLoseNorRepeatAKeyWhileOthersAreWritten() {
        // Given
        for (String key : List.of("b", "d", "f", "h")) {
            store.result("moving", MONTH, id("moving", key, SIX), result("moving", key, SIX));
        }
        store.refresh();
        JsonNode first = Served.json("/api/v1/jobs/moving/keys?limit=2");
        // When: in front of the page's end, behind it, and one more window of a key that is there
        for (String key : List.of("a", "e")) {
            log.put("window-results", 1, key, result("moving", key, SIX));
        }
        log.put("window-results", 1, "f", result("moving", "f", SIX.plusSeconds(60)));
        await().until(() -> feeds.tail()
                .index()
                .newest(id("moving", "f", SIX.plusSeconds(60)))
                .isPresent());
        List<JsonNode> rest = Served.items(
                "/api/v1/jobs/moving/keys?limit=2&after=" + first.get("next").asText());
        // Then
        assertThat(first.get("items").findValuesAsText("key")).containsExactly("b", "d");
        assertThat(rest)
                .extracting(key -> key.get("key").asText() + key.get("windows").asInt())
                .containsExactly("e1", "f2", "h1");
    }

    @Test
    void shouldTellSpecificationsApart() {
        // Given
        String second = id("specced", "k", SIX).replace("tumbling-1m", "session-30s");
        store.result("specced", MONTH, id("specced", "k", SIX), result("specced", "k", SIX))
                .result(
                        "specced",
                        MONTH,
                        second,
                        result("specced", "k", SIX)
                                .replace(id("specced", "k", SIX), second)
                                .replace("tumbling(1m)", "session(30s)"))
                .refresh();
        // Then
        ok("/api/v1/jobs/specced/keys")
                .header("Streampane-Position", startsWith("window-results~"))
                .header("Cache-Control", "private, no-cache")
                .body("items", hasSize(1))
                .body("items[0].windows", equalTo(2))
                .body("items[0].specs[0].spec", equalTo("session(30s)"))
                .body("items[0].specs[0].last.id", equalTo(second))
                .body("items[0].specs[1].windows", equalTo(1))
                .body("truncated", equalTo(false));
        given().head("/api/v1/jobs/specced/keys").then().statusCode(200);
    }

    @Test
    void shouldAnswer404ForAnUnknownJobAndNothingForAnUnknownPrefix() {
        // Given
        store.result("few", MONTH, id("few", "k", SIX), result("few", "k", SIX)).refresh();
        // Then
        answer(404, "/api/v1/jobs/nobody/keys").body("type", equalTo("/problems/unknown-job"));
        ok("/api/v1/jobs/few/keys?prefix=x").body("items", hasSize(0)).body("next", equalTo(null));
    }
}
