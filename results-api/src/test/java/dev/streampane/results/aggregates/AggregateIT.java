// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.BeforeSearch;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roll-ups against an oracle in whole numbers, of windows in the tail, in the store and in both. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class AggregateIT extends OnFeeds {

    private static final long SEED = 4_711;

    /** Where no other test has windows. */
    private static final Instant FIRST = Instant.parse("2026-11-05T06:00:00Z");

    private static final String ROLLED =
            "weather-average&spec=tumbling(1m)&from=" + FIRST + "&to=" + FIRST.plus(2, ChronoUnit.DAYS);

    private static final String FIRST_VALUES =
            "\"values\":{\"avg_load\":19.380000,\"min_load\":-0.500000},\"sums\":{\"load\":\"581400000\"},\"count\":30";

    @Inject
    MeterRegistry metrics;

    /** What the newest revision of a window says. */
    private record Window(
            String key, Instant start, BigInteger sum, long count, long min, long max, boolean complete) {}

    @BeforeEach
    void awaitFeed() {
        acknowledge();
    }

    @Test
    void shouldNotHaveElasticsearchMakeNumbersOfWindowsWithoutAny() {
        // Given: more windows than are read one by one here
        List<String> results = new ArrayList<>(IntStream.range(0, 1_600)
                .mapToObj(n -> result("some", "k", FIRST.plusSeconds(60L * n)))
                .toList());
        results.add(result("some", "text", FIRST)
                .replace(FIRST_VALUES, "\"values\":{\"last\":\"open\"},\"sums\":{},\"count\":30"));
        results.add(result("some", "gone", FIRST)
                .replace("\"FINAL\"", "\"RETRACTED\"")
                .replace(FIRST_VALUES, "\"values\":{},\"sums\":{},\"count\":0"));
        store.bulk("window-results-some-" + MONTH, results);
        String path = "/api/v1/windows/aggregate?job=some&groupBy=key&fn=";
        // Then
        assertThat(Served.json(path + "min&metric=load").get("items").findValuesAsText("key"))
                .containsExactly("k");
        assertThat(Served.json(path + "count").get("items").findValuesAsText("key"))
                .containsExactly("k", "text");
    }

    @Test
    void shouldRollUpNothingOfAKeyWithoutWindows() {
        // Given
        log("k", result("few-keys", "k", SIX));
        // When
        JsonNode none = Served.json("/api/v1/windows/aggregate?job=few-keys&fn=avg&metric=load&key=other");
        // Then
        assertThat(none.get("items")).isEmpty();
        assertThat(none.get("truncated").asBoolean()).isFalse();
        assertThat(none.get("zone").asText()).isEqualTo("UTC");
        answer(400, "/api/v1/windows/aggregate?job=few-keys&fn=avg&metric=nothing")
                .body("detail", containsString("load"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRollUpNothingOfWindowsThatAreAllRetracted(boolean inTail) {
        // Given: a job that has another window, too
        String job = inTail ? "taken-back" : "stored-back";
        log("other", result(job, "other", SIX));
        String retracted = result(job, "k", SIX)
                .replace("\"FINAL\"", "\"RETRACTED\"")
                .replace(FIRST_VALUES, "\"values\":{},\"sums\":{},\"count\":0");
        if (inTail) {
            log("k", retracted);
        } else {
            store.result(job, MONTH, id(job, "k", SIX), retracted).refresh();
        }
        String last = id(job, inTail ? "k" : "other", SIX);
        await().until(() -> feeds.tail().index().newest(last).isPresent());
        for (String fn : List.of("avg", "sum", "min", "max", "count")) {
            // When
            JsonNode none = Served.json("/api/v1/windows/aggregate?job=" + job + "&key=k&metric=load&fn=" + fn);
            // Then
            assertThat(none.get("items")).as(fn).isEmpty();
        }
    }

    @Test
    void shouldBeExactOverWindowsOnSeveralPagesInTailAndStore() {
        // Given
        List<Window> windows = write("weather-average", 450, 3);
        // Then
        for (String key : List.of("", "&key=k1")) {
            List<Window> asked = windows.stream()
                    .filter(w -> key.isEmpty() || w.key().equals("k1"))
                    .toList();
            assertExact(asked, ROLLED + "&fn=avg&metric=temp&interval=1h" + key, this::average);
            assertExact(asked, ROLLED + "&fn=sum&metric=temp&interval=1h" + key, this::sum);
            assertExact(asked, ROLLED + "&fn=min&metric=temp&interval=1h" + key, AggregateIT::least);
            assertExact(asked, ROLLED + "&fn=max&metric=temp&interval=1h" + key, AggregateIT::most);
            assertExact(
                    asked,
                    ROLLED + "&fn=count&interval=1h" + key,
                    rows -> BigDecimal.valueOf(
                            rows.stream().mapToLong(Window::count).sum()));
        }
        Instant from = FIRST.plus(90, ChronoUnit.MINUTES);
        Instant to = FIRST.plus(7, ChronoUnit.HOURS);
        assertExact(
                windows.stream()
                        .filter(w -> !w.start().isBefore(from) && w.start().isBefore(to))
                        .toList(),
                "weather-average&spec=tumbling(1m)&fn=avg&metric=avg_temp&interval=1h&from=" + from + "&to=" + to,
                this::average);
    }

    @Test
    void shouldRollUpTheKeysWithTheLargestAndTheSmallestValues() {
        // Given
        List<Window> windows = write("top-keys", 40, 25);
        String path = "/api/v1/windows/aggregate?job=top-keys&metric=temp&groupBy=key";
        Map<String, BigDecimal> least =
                windows.stream().collect(Collectors.toMap(Window::key, window -> units(window.min()), BigDecimal::min));
        Comparator<Map.Entry<String, BigDecimal>> byValue = Map.Entry.comparingByValue();
        for (String order : List.of("desc", "asc")) {
            // When
            JsonNode top = Served.json(path + "&fn=min&top=3&order=" + order);
            // Then
            List<Map.Entry<String, BigDecimal>> expected = least.entrySet().stream()
                    .sorted(order.equals("asc") ? byValue : byValue.reversed())
                    .limit(3)
                    .toList();
            assertThat(top.get("items"))
                    .extracting(item -> Map.entry(
                            item.get("key").asText(), item.get("value").decimalValue()))
                    .isEqualTo(expected);
            assertThat(top.get("keys").asInt()).isEqualTo(25);
            assertThat(top.get("truncated").asBoolean()).isTrue();
            assertThat(top.get("exact").asBoolean()).isTrue();
        }
        JsonNode counts = Served.json(path.replace("&metric=temp", "&fn=count&top=500"));
        assertThat(counts.get("items"))
                .extracting(item -> item.get("count").asLong())
                .isSortedAccordingTo(Comparator.reverseOrder())
                .hasSize(25);
        assertThat(counts.get("truncated").asBoolean()).isFalse();
        assertThat(Served.json(path + "&key=k7").get("items")).hasSize(1);
        for (String wrong : List.of("&interval=1h", "&zone=UTC", "&top=0", "&top=501")) {
            answer(400, path + wrong).body("violations[0].parameter", equalTo(wrong.substring(1, wrong.indexOf('='))));
        }
        answer(400, "/api/v1/windows/aggregate?job=top-keys&metric=temp&top=3")
                .body("violations[0].detail", equalTo("is only for groupBy=key"));
    }

    @Test
    void shouldListKeysOfOneValueInTheOrderOfAllKeys() {
        // Given: keys whose order in UTF-8 is not that of Java's characters
        List<String> keys = List.of("a", "\uff5e", "\ud83d\ude00");
        store.bulk(
                "window-results-tied-keys-" + MONTH,
                IntStream.range(0, 3)
                        .mapToObj(n -> result("tied-keys", "k" + n, FIRST)
                                .replace("\"key\":\"k" + n + "\"", "\"key\":\"" + keys.get(n) + "\""))
                        .toList());
        for (String order : List.of("desc", "asc")) {
            // When
            JsonNode top = Served.json("/api/v1/windows/aggregate?job=tied-keys&fn=count&groupBy=key&order=" + order);
            // Then
            assertThat(top.get("items"))
                    .extracting(item -> item.get("key").asText())
                    .isEqualTo(keys);
        }
        assertThat(Served.items("/api/v1/jobs/tied-keys/keys"))
                .extracting(item -> item.get("key").asText())
                .isEqualTo(keys);
    }

    @Test
    void shouldRankTheKeysThatElasticsearchAddsUp() {
        // Given: more windows than are read one by one here
        List<Window> windows = write("many-keys", 210, 8);
        // When
        JsonNode sums = Served.json("/api/v1/windows/aggregate?job=many-keys&metric=temp&fn=sum&groupBy=key&top=5");
        // Then
        Map<String, List<Window>> keys = windows.stream().collect(Collectors.groupingBy(Window::key));
        assertThat(sums.get("exact").asBoolean()).isFalse();
        assertThat(sums.get("keys").asInt()).isEqualTo(8);
        assertThat(sums.get("items"))
                .extracting(item -> item.get("key").asText())
                .isEqualTo(keys.keySet().stream()
                        .sorted(Comparator.comparing((String key) -> sum(keys.get(key)))
                                .reversed())
                        .limit(5)
                        .toList());
        for (JsonNode item : sums.get("items")) {
            assertThat(item.get("value").decimalValue())
                    .isCloseTo(sum(keys.get(item.get("key").asText())), Offset.offset(new BigDecimal("0.01")));
        }
    }

    @Test
    void shouldRefuseMoreKeysThanElasticsearchTellsAtOnce() {
        // Given
        store.bulk(
                "window-results-crowd-" + MONTH,
                IntStream.rangeClosed(0, 10_000)
                        .mapToObj(n -> result("crowd", "k" + n, FIRST))
                        .toList());
        // When Then: a slow machine's Elasticsearch may take longer than a query at first, which is a 503
        await().untilAsserted(() -> answer(422, "/api/v1/windows/aggregate?job=crowd&fn=count&groupBy=key&top=3")
                .body("type", equalTo("/problems/too-many-buckets"))
                .body("detail", containsString("narrow 'from' and 'to', or ask for single keys")));
    }

    @Test
    void shouldMissNothingWhenElasticsearchAddsUpWhatTheTailDoesNotHave() {
        // Given: more windows than are read one by one here
        List<Window> windows = write("many-hours", 570, 3);
        Map<Instant, List<Window>> hours = hours(windows);
        // When
        JsonNode averages = Served.json("/api/v1/windows/aggregate?job=many-hours&metric=temp&fn=avg");
        JsonNode sums = Served.json("/api/v1/windows/aggregate?job=many-hours&metric=temp&fn=sum");
        JsonNode least = Served.json("/api/v1/windows/aggregate?job=many-hours&metric=temp&fn=min");
        JsonNode most = Served.json("/api/v1/windows/aggregate?job=many-hours&metric=temp&fn=max");
        JsonNode cut = Served.json("/api/v1/windows/aggregate?job=many-hours&metric=temp&fn=min&interval=7s");
        // Then
        assertThat(cut.get("items")).isNotEmpty().noneMatch(item -> item.get("whole")
                .asBoolean());
        for (JsonNode answer : List.of(averages, sums, least, most)) {
            assertThat(answer.path("reason").asText("")).isEmpty();
            assertThat(answer.get("truncated").asBoolean()).isFalse();
            assertThat(answer.get("exact").asBoolean()).isFalse();
            assertThat(answer.get("items")).hasSameSizeAs(hours.keySet());
        }
        int n = 0;
        for (List<Window> hour : hours.values()) {
            JsonNode item = averages.get("items").get(n);
            assertThat(item.get("windows").asInt()).isEqualTo(hour.size());
            assertThat(item.get("whole").asBoolean()).isTrue();
            assertThat(item.get("count").asLong())
                    .isEqualTo(hour.stream().mapToLong(Window::count).sum());
            assertThat(item.get("incomplete").asLong())
                    .isEqualTo(hour.stream().filter(w -> !w.complete()).count());
            assertThat(item.get("value").decimalValue())
                    .isCloseTo(average(hour), Offset.offset(new BigDecimal("0.00001")));
            assertThat(sums.get("items").get(n).get("value").decimalValue())
                    .isCloseTo(sum(hour), Offset.offset(new BigDecimal("0.01")));
            assertThat(least.get("items").get(n).get("value").decimalValue())
                    .isCloseTo(least(hour), Offset.offset(new BigDecimal("0.00001")));
            assertThat(most.get("items").get(n++).get("value").decimalValue())
                    .isCloseTo(most(hour), Offset.offset(new BigDecimal("0.00001")));
        }
    }

    @Test
    void shouldHaveElasticsearchAddUpTotals() {
        // Given: more windows than are read one by one here
        store.bulk(
                "window-results-totals-" + MONTH,
                IntStream.range(0, 1_600)
                        .mapToObj(
                                n -> result("totals", "k", FIRST.plusSeconds(60L * n))
                                        .replace(
                                                FIRST_VALUES,
                                                "\"values\":{\"total_amount\":2.5000},\"sums\":{\"amount\":\"25000\"},\"count\":3"))
                        .toList());
        for (Map.Entry<String, String> asked :
                Map.of("sum", "4000", "avg", "0.833333").entrySet()) {
            // When
            JsonNode month = Served.json(
                    "/api/v1/windows/aggregate?job=totals&metric=amount&interval=month&fn=" + asked.getKey());
            // Then
            assertThat(month.at("/items/0/windows").asInt()).isEqualTo(1_600);
            assertThat(month.at("/items/0/value").decimalValue())
                    .as(asked.getKey())
                    .isEqualByComparingTo(asked.getValue());
            assertThat(month.get("exact").asBoolean()).isFalse();
        }
    }

    /** The newest ones have numbers only; texts beyond 1,024 characters are not indexed. */
    @ParameterizedTest
    @CsvSource({"texts, 800, 1", "long-texts, 1, 2000"})
    void shouldNotLetElasticsearchAddUpResultsOfTextsAndNumbers(String job, int mixed, int length) {
        // Given: more windows than are read one by one here, of which the first say how many texts and numbers they
        // have together
        String text = "\"last\":\"%s\"".formatted("o".repeat(length));
        List<String> results = new ArrayList<>();
        Random random = new Random(SEED);
        for (int n = 0; n < 1_600; n++) {
            String result = json(job, random("k", FIRST.plusSeconds(60L * n), random), 1, 1);
            results.add(n < mixed ? result.replaceFirst("\"max_temp\":[^}]*", text) : result);
        }
        store.bulk("window-results-" + job + "-" + MONTH, results);
        String path = "/api/v1/windows/aggregate?job=" + job + "&metric=temp&interval=day&fn=";
        // When Then
        answer(422, path + "sum")
                .body("type", equalTo("/problems/too-many-windows"))
                .body("detail", containsString("texts and numbers"));
        ok(path + "avg");
        ok(path + "sum&to=" + FIRST.plusSeconds(6_000));
    }

    /** Of days whose clocks go back: at 2:00, and at midnight. Over midnight they have gone nowhere since 2011. */
    @ParameterizedTest
    @CsvSource({"America/St_Johns, 2026-10-31T12:00:00Z", "Asia/Beirut, 2026-10-24T12:00:00Z"})
    void shouldHaveTheDaysOfTheZoneAlsoWhereElasticsearchAddsUp(String zone, Instant first) {
        // Given: more windows than are read one by one here
        String job = "days" + first.getEpochSecond();
        Interval day = Interval.parse("day", ZoneId.of(zone)).orElseThrow();
        List<Instant> starts = IntStream.range(0, 1_600)
                .mapToObj(n -> first.plusSeconds(120L * n))
                .toList();
        Random random = new Random(SEED);
        store.bulk(
                "window-results-" + job + "-" + MONTH,
                starts.stream()
                        .map(start -> json(job, random("k", start, random), 1, 1))
                        .toList());
        // When
        JsonNode days =
                Served.json("/api/v1/windows/aggregate?job=%s&fn=count&interval=day&zone=%s".formatted(job, zone));
        // Then
        assertThat(days.get("items")
                        .valueStream()
                        .collect(Collectors.toMap(
                                item -> Instant.parse(item.get("start").asText()),
                                item -> item.get("windows").asLong())))
                .isEqualTo(starts.stream().collect(Collectors.groupingBy(day::start, Collectors.counting())));
    }

    @Test
    void shouldMissNothingOfMoreWindowsThanAreToldApartWhileTheLogGrows() {
        // Given: all in memory and in Elasticsearch, which is behind by more than queries wait for what memory has no
        // longer
        List<String> results = new ArrayList<>();
        Random random = new Random(SEED);
        for (int n = 0; n < 1_600; n++) {
            results.add(json("living", random("k", FIRST.plusSeconds(60L * n), random), 1, 1));
        }
        store.bulk("window-results-living-" + MONTH, results);
        try (GrowingLog growing = new GrowingLog(log, store, feeds, Duration.ofSeconds(6))) {
            growing.write(results);
            // When
            JsonNode answer = Served.json("/api/v1/windows/aggregate?job=living&fn=count&interval=day");
            // Then
            assertThat(answer.path("reason").asText("")).isEmpty();
            assertThat(answer.get("truncated").asBoolean()).isFalse();
            assertThat(answer.get("items").findValuesAsText("windows").stream()
                            .mapToInt(Integer::parseInt)
                            .sum())
                    .isEqualTo(results.size());
        }
    }

    /** Read on several pages, and added up by Elasticsearch but for those in memory. */
    @ParameterizedTest
    @CsvSource({"joined-read, 1000, search_after", "joined-added, 1600, incomplete"})
    void shouldShowOneMomentThoughSessionsAreJoinedBetweenTwoSearches(String job, int windows, String between) {
        // Given: two windows that will be one, which begins in what was read before them; one of them is in memory, too
        List<String> results = IntStream.range(0, windows)
                .mapToObj(n -> result(job, "k", FIRST.plusSeconds(60L * n)))
                .toList();
        String index = "window-results-" + job + "-" + MONTH;
        store.bulk(index, results);
        log("k", results.get(600));
        await().until(() -> feeds.tail()
                .index()
                .newest(id(job, "k", FIRST.plusSeconds(36_000)))
                .isPresent());
        List<String> later = new ArrayList<>();
        results.subList(600, 602)
                .forEach(gone -> later.add(gone.replace("\"FINAL\"", "\"RETRACTED\"")
                        .replace("\"rev\":1", "\"rev\":2")
                        .replace(FIRST_VALUES, "\"values\":{},\"sums\":{},\"count\":0")));
        later.add(result(job, "k", FIRST.plusSeconds(24_001)).replace("\"count\":30", "\"count\":60"));
        BeforeSearch.once(() -> store.bulk(index, later), "\"" + job + "\"", between);
        // When
        JsonNode answer = Served.json("/api/v1/windows/aggregate?fn=count&interval=month&job=" + job);
        // Then
        assertThat(BeforeSearch.done()).isTrue();
        assertThat(answer.at("/items/0/windows").asInt()).isEqualTo(windows);
        assertThat(answer.at("/items/0/value").asInt()).isEqualTo(windows * 30);
        await().untilAsserted(() -> assertThat(store.send("GET", "/" + index + "/_stats/search", ""))
                .doesNotContainPattern("\"open_contexts\":[1-9]"));
    }

    @Test
    void shouldReadNoWindowsOneByOneWhereTheyAreTooMany() {
        // Given
        Random random = new Random(SEED);
        for (Map.Entry<String, Integer> written :
                Map.of("stored-few", 1, "stored-many", 1_600).entrySet()) {
            List<String> results = new ArrayList<>();
            for (int n = 0; n < written.getValue(); n++) {
                results.add(json(written.getKey(), random("k", FIRST.plusSeconds(60L * n), random), 1, 1));
            }
            store.bulk("window-results-" + written.getKey() + "-" + MONTH, results);
        }
        // When
        double few = searchesOf("stored-few", 1);
        double many = searchesOf("stored-many", 1_600);
        // Then: they are counted once more, without those of the tail, and added up, in a view that is opened and
        // closed
        assertThat(many).isLessThanOrEqualTo(few + 4);
    }

    /** Searches that it takes to count the windows of a job: the fewest, for looks at positions and health come between. */
    private double searchesOf(String job, int windows) {
        return DoubleStream.generate(() -> searchesOfOne(job, windows))
                .limit(5)
                .min()
                .orElseThrow();
    }

    private double searchesOfOne(String job, int windows) {
        double before = searches();
        JsonNode answer = Served.json("/api/v1/windows/aggregate?fn=count&job=" + job);
        assertThat(answer.get("items").findValuesAsText("windows").stream()
                        .mapToInt(Integer::parseInt)
                        .sum())
                .isEqualTo(windows);
        return searches() - before;
    }

    private double searches() {
        return metrics.find("streampane.results.elasticsearch.requests").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    @Test
    void shouldKnowTheUnitsOfADocumentThatLostItsTrailingZeros() {
        // Given: three readings of 13.87 degrees, 50 percent
        String key = "zeros";
        String id = id("weather-average", key, SIX);
        String index = "window-results-weather-average-" + MONTH;
        store.result("weather-average", MONTH, id, weather(key, "\"41610000\"", "3"));
        // When: Elasticsearch writes it again
        store.send("POST", "/" + index + "/_update/" + id, "{\"doc\":{\"jobVersion\":\"2\"}}");
        store.refresh();
        // Then
        assertThat(store.send("GET", "/" + index + "/_doc/" + id, "")).contains("\"min_temp\":13.87,");
        for (Map.Entry<String, String> asked :
                Map.of("avg", "13.87", "sum", "41.61", "min", "13.87").entrySet()) {
            JsonNode answer = Served.json(
                    "/api/v1/windows/aggregate?job=weather-average&spec=tumbling(1m)&metric=temp&key=%s&fn=%s"
                            .formatted(key, asked.getKey()));
            assertThat(answer.at("/items/0/value").decimalValue())
                    .as(asked.getKey())
                    .isEqualByComparingTo(asked.getValue());
            assertThat(answer.get("exact").asBoolean()).as(asked.getKey()).isTrue();
        }
    }

    @Test
    void shouldTakeTheRevisionInMemoryWhereTheDocumentOfItSaysSomethingElse() {
        // Given
        String key = "changed";
        String id = id("weather-average", key, SIX);
        log(key, weather(key, "\"41610000\"", "3"));
        await().until(() -> feeds.tail().index().newest(id).isPresent());
        store.result("weather-average", MONTH, id, weather(key, "\"99000000\"", "1"))
                .refresh();
        // When
        JsonNode bucket = Served.json(
                        "/api/v1/windows/aggregate?job=weather-average&spec=tumbling(1m)&metric=temp&key=" + key)
                .at("/items/0");
        // Then
        assertThat(bucket.get("value").decimalValue()).isEqualByComparingTo("13.87");
        assertThat(bucket.get("count").asLong()).isEqualTo(3);
    }

    @Test
    void shouldNotFallOverNumbersThatAreNone() {
        // Given: a sum that is no number, and a number that takes 250 MB in digits
        String sum = weather("odd", "\"many\"", "3");
        String number = weather("poison", "\"41610000\"", "3").replace("13.870000", "1e600000000");
        String sound = weather("sound", "\"41610000\"", "3");
        log("odd", sum, number, sound);
        await().until(() ->
                feeds.tail().index().newest(id("weather-average", "sound", SIX)).isPresent());
        String path = "/api/v1/windows/aggregate?job=weather-average&spec=tumbling(1m)&metric=temp&fn=sum&key=";
        // Then
        assertThat(Served.json(path + "odd").at("/items/0/value").decimalValue())
                .isEqualByComparingTo("41.61");
        assertThat(Served.json(path + "odd").get("exact").asBoolean()).isFalse();
        ok(path.replace("metric=temp&fn=sum", "fn=count") + "poison").body("items", empty());
        ok("/api/v1/windows?job=weather-average&key=poison").body("items", empty());
        assertThat(Served.json(path + "sound").get("exact").asBoolean()).isTrue();
    }

    /** A window of 13.87 degrees. */
    private static String weather(String key, String sum, String count) {
        return result("weather-average", key, SIX)
                .replace(
                        FIRST_VALUES,
                        ("\"values\":{\"avg_temp\":13.870000,\"avg_hum\":50.000000,\"min_temp\":13.870000,"
                                        + "\"max_temp\":13.870000,\"min_hum\":50.000000,\"max_hum\":50.000000},"
                                        + "\"sums\":{\"temp\":%s,\"hum\":\"150000000\"},\"count\":%s")
                                .formatted(sum, count));
    }

    private void log(String key, String... results) {
        for (String result : results) {
            log.put("window-results", 1, key, result);
        }
    }

    @Test
    void shouldRefuseWhatWouldCountRecordsTwice() {
        // Given
        for (String spec : List.of("tumbling(1m)", "sliding(10m,1m)", "all:global(count=5)")) {
            String id = id("several", spec.substring(0, 3), SIX);
            store.result(
                    "several",
                    MONTH,
                    id,
                    result("several", spec.substring(0, 3), SIX).replace("tumbling(1m)", spec));
        }
        store.refresh();
        String path = "/api/v1/windows/aggregate?job=several&metric=load&fn=sum";
        // Then
        answer(400, path)
                .body("violations[0].parameter", equalTo("spec"))
                .body("violations[0].detail", containsString("sliding(10m,1m) or tumbling(1m)"));
        answer(400, path + "&spec=tumbling(2m)").body("violations[0].parameter", equalTo("spec"));
        for (String spec : List.of("sliding(10m, 1m)", "all:global(count=5)")) {
            answer(given().queryParam("spec", spec), 422, path)
                    .body("type", equalTo("/problems/overlapping-windows"))
                    .body("detail", containsString(spec.replace(" ", "")));
        }
        ok(path + "&spec=tumbling(1m)")
                .header("Streampane-Position", startsWith("window-results~"))
                .header("Cache-Control", "private, no-cache")
                .body("items[0].value", equalTo(581.4f))
                // what the job's sums are in is not known
                .body("items[0].exact", equalTo(false))
                .body("spec", equalTo("tumbling(1m)"));
        answer(400, path + "&spec=tumbling(1m)&metric=nothing")
                .body("violations[0].detail", containsString("more than once"));
    }

    @Test
    void shouldNameTheMetricsThatThereAre() {
        // Given
        store.result("named", MONTH, id("named", "k", SIX), result("named", "k", SIX))
                .refresh();
        String path = "/api/v1/windows/aggregate?job=named&fn=avg";
        // Then
        for (String metric : List.of("&metric=pressure", "")) {
            answer(400, path + metric)
                    .body("violations[0].parameter", equalTo("metric"))
                    .body("violations[0].detail", containsString("avg_load or load"));
        }
        ok(path + "&metric=avg_load").body("exact", equalTo(false)).body("items[0].value", equalTo(19.38f));
        answer(404, "/api/v1/windows/aggregate?job=nobody&fn=count").body("type", equalTo("/problems/unknown-job"));
        given().head(path + "&metric=load").then().statusCode(200);
        // Given: a job of one's own, whose sums are of units that no contract says and of another name than its values
        String own = result("own", "k", SIX)
                .replaceFirst("\"sums\":\\{[^}]*}", "\"sums\":{\"energy\":\"1275\"}")
                .replaceFirst("\"values\":\\{[^}]*}", "\"values\":{\"total_kwh\":1.275,\"max_kwh\":1.025,\"most\":2}");
        store.result("own", MONTH, id("own", "k", SIX), own).refresh();
        // Then
        for (String fn : List.of("sum", "avg", "count", "max")) {
            answer(400, "/api/v1/windows/aggregate?job=own&metric=energy&fn=" + fn)
                    .body("violations[0].parameter", equalTo("metric"))
                    .body("violations[0].detail", containsString(fn.equals("max") ? "max_kwh or most" : "total_kwh"))
                    .body("violations[0].detail", not(containsString("energy or")));
        }
        ok("/api/v1/windows/aggregate?job=own&metric=total_kwh&fn=sum").body("items[0].value", equalTo(1.275f));
        ok("/api/v1/windows/aggregate?job=own&metric=max_kwh&fn=count").body("items", hasSize(1));
        // Then: the name of a value without a prefix does not say whether that is a sum or a mean
        for (String fn : List.of("sum", "avg")) {
            answer(400, "/api/v1/windows/aggregate?job=own&metric=most&fn=" + fn)
                    .body("violations[0].parameter", equalTo("metric"))
                    .body("violations[0].detail", containsString("for fn=count or max or min, not for fn=" + fn))
                    .body("violations[0].detail", endsWith("allowed is total_kwh"));
        }
        for (Map.Entry<String, Integer> asked :
                Map.of("min", 2, "max", 2, "count", 30).entrySet()) {
            ok("/api/v1/windows/aggregate?job=own&metric=most&fn=" + asked.getKey())
                    .body("items[0].value", equalTo(asked.getValue()));
        }
    }

    private void assertExact(List<Window> windows, String query, Function<List<Window>, BigDecimal> oracle) {
        JsonNode answer = Served.json("/api/v1/windows/aggregate?job=" + query);
        Map<Instant, List<Window>> hours = hours(windows);
        assertThat(answer.get("items")).as("seed %d, %s", SEED, query).hasSameSizeAs(hours.keySet());
        assertThat(answer.get("exact").asBoolean()).as(query).isTrue();
        int n = 0;
        for (Map.Entry<Instant, List<Window>> hour : hours.entrySet()) {
            JsonNode item = answer.get("items").get(n++);
            String what = "seed %d, %s, %s".formatted(SEED, query, hour.getKey());
            assertThat(item.get("start").asText())
                    .as(what)
                    .isEqualTo(hour.getKey().toString());
            assertThat(item.get("value").decimalValue()).as(what).isEqualTo(oracle.apply(hour.getValue()));
            assertThat(item.get("windows").asInt())
                    .as(what)
                    .isEqualTo(hour.getValue().size());
            assertThat(item.get("incomplete").asLong())
                    .as(what)
                    .isEqualTo(
                            hour.getValue().stream().filter(w -> !w.complete()).count());
        }
    }

    private static Map<Instant, List<Window>> hours(List<Window> windows) {
        return windows.stream()
                .collect(Collectors.groupingBy(
                        window -> window.start().truncatedTo(ChronoUnit.HOURS), TreeMap::new, Collectors.toList()));
    }

    private BigDecimal average(List<Window> windows) {
        return sum(windows)
                .divide(
                        BigDecimal.valueOf(
                                windows.stream().mapToLong(Window::count).sum()),
                        6,
                        RoundingMode.HALF_EVEN);
    }

    private BigDecimal sum(List<Window> windows) {
        return new BigDecimal(windows.stream().map(Window::sum).reduce(BigInteger.ZERO, BigInteger::add), 6);
    }

    private static BigDecimal least(List<Window> windows) {
        return units(windows.stream().mapToLong(Window::min).min().orElseThrow());
    }

    private static BigDecimal most(List<Window> windows) {
        return units(windows.stream().mapToLong(Window::max).max().orElseThrow());
    }

    private static BigDecimal units(long millionths) {
        return BigDecimal.valueOf(millionths, 6);
    }

    /** Windows of some minutes and keys: a third in the store, a third in the tail, and a third in both with another revision each. */
    private List<Window> write(String job, int minutes, int keys) {
        Random random = new Random(SEED);
        List<String> stored = new ArrayList<>();
        List<Window> newest = new ArrayList<>();
        log.begin();
        for (int n = 0; n < minutes * keys; n++) {
            Window window = random("k" + n % keys, FIRST.plusSeconds(60L * (n / keys)), random);
            Window older = random(window.key(), window.start(), random, window.complete());
            newest.add(window);
            int where = random.nextInt(4);
            boolean newerInStore = where == 0 || where == 2;
            if (where != 1) {
                stored.add(newerInStore ? json(job, window, 1, 2) : json(job, older, 1, 1));
            }
            if (where != 0) {
                log.add(
                        "window-results",
                        n % 4,
                        window.key(),
                        newerInStore ? json(job, older, 1, 1) : json(job, window, 1, 2));
            }
        }
        String last = id(job, "last", SIX);
        String retracted = result(job, "last", SIX)
                .replace("\"FINAL\"", "\"RETRACTED\"")
                .replace(FIRST_VALUES, "\"values\":{},\"sums\":{},\"count\":0");
        for (int partition = 0; partition < 4; partition++) {
            log.add("window-results", partition, "last", retracted.replace(last, last + partition));
        }
        log.commit();
        for (int partition = 0; partition < 4; partition++) {
            String id = last + partition;
            await().until(() -> feeds.tail().index().newest(id).isPresent());
        }
        store.bulk("window-results-" + job + "-" + MONTH, stored);
        return newest;
    }

    private static Window random(String key, Instant start, Random random) {
        return random(key, start, random, random.nextInt(10) > 0);
    }

    private static Window random(String key, Instant start, Random random, boolean complete) {
        long count = 1 + random.nextInt(30);
        return new Window(
                key,
                start,
                BigInteger.valueOf((random.nextLong() % 50_000_000) * count),
                count,
                random.nextLong() % 50_000_000,
                random.nextLong() % 50_000_000,
                complete);
    }

    private static String json(String job, Window window, int generation, int rev) {
        BigDecimal mean =
                new BigDecimal(window.sum(), 6).divide(BigDecimal.valueOf(window.count()), 6, RoundingMode.HALF_EVEN);
        return result(job, window.key(), window.start(), generation, rev, window.complete())
                .replace(
                        FIRST_VALUES,
                        "\"values\":{\"avg_temp\":%s,\"min_temp\":%s,\"max_temp\":%s},\"sums\":{\"temp\":\"%s\"},\"count\":%d"
                                .formatted(
                                        mean.toPlainString(),
                                        units(window.min()).toPlainString(),
                                        units(window.max()).toPlainString(),
                                        window.sum(),
                                        window.count()));
    }
}
