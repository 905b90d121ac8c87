// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.streampane.results.AtOnce;
import dev.streampane.results.BeforeSearch;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RealServers;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.tail.Forgetting;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is answered of results that the tail has lost and the store does not show yet. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class StoreBehindIT extends OnFeeds {

    private static final String TOPIC = "window-results";

    @TestHTTPResource("/")
    URI root;

    private String lost;

    /** Where the tail begins: behind a result that nobody indexed. */
    private TopicPosition earliest;

    @BeforeEach
    void loseResult() {
        await().until(feeds::loaded);
        lost = id("behind", "k", SIX);
        log.put(TOPIC, 2, "k", result("behind", "k", SIX));
        await().until(() -> feeds.tail().index().newest(lost).isPresent());
        earliest = Forgetting.all(feeds.tail(), TOPIC);
    }

    @AfterEach
    void catchUp() {
        store.acknowledge(earliest);
    }

    @Test
    void shouldNotSayThatResultsAreNotThereWhileTheyMayBe() {
        // Given
        String path = "/api/v1/windows/aggregate?job=behind&fn=avg&metric=load";
        // Then
        AtOnce.run(
                () -> ok(path).body("reason", equalTo("store-behind")),
                () -> answer(503, "/api/v1/windows/" + lost + "/explain")
                        .body("type", equalTo("/problems/store-behind")),
                () -> answer(given().accept("text/csv"), 503, "/api/v1/windows?job=behind")
                        .body("type", equalTo("/problems/store-behind")),
                () -> answer(504, "/api/v1/windows/" + lost + "/explain?atLeast=" + earliest));
        // When: it is there and acknowledged, in an index that is refreshed every half an hour
        store.send("PUT", "/window-results-behind-" + MONTH, "{\"settings\":{\"refresh_interval\":\"30m\"}}");
        store.result("behind", MONTH, lost, result("behind", "k", SIX));
        catchUp();
        // Then
        ok(path).body("items[0].value", equalTo(19.38f)).body("truncated", equalTo(false));
        answer(400, path + "&spec=tumbling(2m)");
    }

    @Test
    void shouldSayOfEachListThatRowsMayBeMissing() {
        // Given: a later revision, which memory has
        log.put(TOPIC, 2, "k", result("behind", "k", SIX, 1, 2, true));
        await().until(() -> feeds.tail().index().newest(lost).isPresent());
        // Then
        AtOnce.run(
                () -> assertRowsMayBeMissing("windows?job=behind"),
                () -> assertRowsMayBeMissing("windows/" + lost + "/history"),
                () -> assertRowsMayBeMissing("jobs/behind/keys"),
                () -> ok("/api/v1/windows/aggregate?job=behind&fn=count")
                        .body("truncated", equalTo(true))
                        .body("exact", equalTo(false))
                        .body("items[0].exact", equalTo(false)));
    }

    private static void assertRowsMayBeMissing(String path) {
        ok("/api/v1/" + path).body("truncated", equalTo(true)).body("reason", equalTo("store-behind"));
    }

    @Test
    void shouldTellAtTheEndOfLinesWhatAnyPartMayLack() {
        // Given: three parts each
        for (String job : List.of("parts", "cut")) {
            store.bulk(
                    "window-results-" + job + "-" + MONTH,
                    IntStream.range(0, 1_100)
                            .mapToObj(n -> result(job, "k", SIX.plusSeconds(60L * n)))
                            .toList());
        }
        // When: Elasticsearch catches up before the last part
        BeforeSearch.once(this::catchUp, "\"parts\"", "search_after");
        String lines = given().accept("application/x-ndjson")
                .get("/api/v1/windows?job=parts")
                .asString();
        // Then
        assertThat(lines.substring(lines.lastIndexOf("{\"next\""))).contains("\"truncated\":true", "store-behind");
        // When: a result is lost behind the first part
        BeforeSearch.once(this::loseResult, "\"cut\"");
        HttpRequest csv = HttpRequest.newBuilder(root.resolve("/api/v1/windows?job=cut"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Accept", "text/csv")
                .build();
        // Then
        assertThatThrownBy(() -> HttpClient.newHttpClient().send(csv, HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldGiveElasticsearchItsTimeAtEachPartOfLines() {
        // Given: five parts, and what is before the last takes longer than one may wait for Elasticsearch, which is
        // behind then for a moment
        store.bulk(
                "window-results-slow-" + MONTH,
                IntStream.range(0, 2_100)
                        .mapToObj(n -> result("slow", "k", SIX.plusSeconds(60L * n)))
                        .toList());
        catchUp();
        holdUp(4, () -> {
            loseResult();
            BeforeSearch.once(
                    () -> CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS)
                            .execute(this::catchUp),
                    "position~");
        });
        // When
        String lines = given().accept("application/x-ndjson")
                .get("/api/v1/windows?job=slow")
                .asString();
        // Then
        assertThat(lines.substring(lines.lastIndexOf("{\"next\""))).contains("\"truncated\":false");
        assertThat(BeforeSearch.done()).isTrue();
    }

    /** Has so many searches wait for a while, then does something. */
    private static void holdUp(int searches, Runnable then) {
        BeforeSearch.once(
                () -> {
                    await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
                    if (searches > 1) {
                        holdUp(searches - 1, then);
                    } else {
                        then.run();
                    }
                },
                "\"slow\"");
    }

    @Test
    void shouldFindInTheHistoryWhatIsAcknowledgedAndNotRefreshed() {
        // Given
        String id = id("unrefreshed", "k", SIX);
        store.send("PUT", "/window-history-unrefreshed-" + MONTH, "{\"settings\":{\"refresh_interval\":\"30m\"}}");
        // When
        store.revision("unrefreshed", MONTH, id, 1, 1, result("unrefreshed", "k", SIX));
        catchUp();
        // Then
        ok("/api/v1/windows/" + id + "/history").body("items.size()", equalTo(1));
    }

    @Test
    void shouldNotDenyAWindowThoughAllBelowThePositionIsShown() {
        var beginning = new TopicPosition(TOPIC, earliest.id(), new long[earliest.offsets().length]);
        answer(503, "/api/v1/windows/" + lost + "?atLeast=" + beginning)
                .body("type", equalTo("/problems/store-behind"));
    }

    @Test
    void shouldClaimThePositionOfWhatIsThereInEachPartition() {
        // Given: one partition lacks a result, and memory has all that another got since
        catchUp();
        long[] there = earliest.offsets().clone();
        loseResult();
        log.put(TOPIC, 1, "l", result("behind", "l", SIX));
        await().until(() -> feeds.tail().index().newest(id("behind", "l", SIX)).isPresent());
        there[1] = feeds.tail().position().topic(TOPIC).orElseThrow().offsets()[1];
        // Then
        ok("/api/v1/windows?job=behind")
                .body("truncated", equalTo(true))
                .body("position", equalTo(new TopicPosition(TOPIC, earliest.id(), there).toString()));
    }

    @Test
    void shouldClaimNoPositionThatElasticsearchDoesNotAddUpYet() {
        // Given: more windows than are read one by one here
        List<String> results = IntStream.range(0, 1_600)
                .mapToObj(n -> result("adds-up", "k", SIX.plusSeconds(60L * n)))
                .toList();
        store.bulk("window-results-adds-up-" + MONTH, results);
        String path = "/api/v1/windows/aggregate?job=adds-up&metric=load&interval=day&fn=avg";
        // Then
        AtOnce.run(
                () -> ok(path).body("reason", equalTo("store-behind"))
                        .body("position", not(containsString(earliest.toString()))),
                () -> answer(given().queryParam("atLeast", earliest.toString()), 504, path)
                        .body("type", equalTo("/problems/not-yet")));
        // When
        catchUp();
        // Then
        ok(given().queryParam("atLeast", earliest.toString()), path)
                .body("exact", equalTo(false))
                .body("truncated", equalTo(false))
                .body("position", equalTo(earliest.toString()));
    }
}
