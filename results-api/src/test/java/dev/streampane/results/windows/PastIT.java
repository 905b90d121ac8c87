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
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.results.DescribedAnswers;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RealServers;
import dev.streampane.results.Served;
import dev.streampane.results.Store;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.store.ResultJson;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was known when: history and {@code asOf}, of windows whose revisions lie in the tail, in the store or in both. */
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class PastIT extends OnFeeds {

    private static final String TOPIC = "window-results";
    private static final long SEED = 20261120;

    /** In {@link #OLD_MONTH}, whose indices a retention may have dropped. */
    private static final Instant LONG_AGO = Instant.parse("2020-05-04T06:00:00Z");

    private static final String OLD_MONTH = "2020.05";

    @Inject
    ReadConsistency consistency;

    /** A revision that was said, and where. */
    private record Said(
            String id, long version, int partition, long offset, Instant appended, String json, boolean stored) {}

    @BeforeEach
    void awaitFeed() {
        acknowledge();
    }

    @Test
    void shouldAnswerAsItWasKnownAtEveryPositionAndInstant() {
        // Given
        TopicPosition base = position();
        List<Said> history = randomHistory("past", 40);
        long[] cut = base.offsets().clone();
        assertKnown(history, new TopicPosition(TOPIC, base.id(), cut).toString(), said -> false);
        for (Said last : history) {
            cut[last.partition()] = last.offset() + 1;
            String position = new TopicPosition(TOPIC, base.id(), cut).toString();
            // Then
            assertKnown(history, position, said -> said.offset() < cut[said.partition()])
                    .header("Streampane-Position", position)
                    .body("position", equalTo(position));
            for (Instant instant : List.of(last.appended(), last.appended().minusMillis(1))) {
                assertKnown(
                        history, instant.toString(), said -> !said.appended().isAfter(instant));
            }
        }
    }

    @Test
    void shouldListWindowsOverAllKeysWithoutAKey() {
        // Given
        String id = id("past-all", "", SIX);
        String result = result("past-all", "", SIX).replace("tumbling(1m)", "all:tumbling(1m)");
        Said said = say(result, id, 1, 1, true, 1, false);
        String path = "/api/v1/windows?job=past-all&spec=all:tumbling(1m)&asOf=";
        // Then
        assertThat(Served.json(path + said.appended()).get("items").findValuesAsText("id"))
                .containsExactly(id);
        assertThat(Served.json(path + said.appended().minusMillis(1)).get("items"))
                .isEmpty();
    }

    /** Jobs write no such thing. */
    @Test
    void shouldAnswerThoughDocumentsLackTheirStart() {
        DescribedAnswers.ignore();
        // Given: two of three windows, and a revision of the third
        List<String> ids = new ArrayList<>();
        for (String key : List.of("a", "b", "c")) {
            String id = id("startless", key, SIX);
            String whole = result("startless", key, SIX);
            String lacking = whole.replaceFirst("\"start\":\"[^\"]*\",", "");
            store.result("startless", MONTH, id, key.equals("c") ? whole : lacking);
            store.revision("startless", MONTH, id, 1, 1, lacking);
            ids.add(id);
        }
        store.refresh();
        // Then
        for (String id : ids) {
            for (String path : List.of("", "/history", "/explain", "?asOf=" + Instant.now())) {
                int status = given().get("/api/v1/windows/" + id + path).statusCode();
                assertThat(status).as(path).isEqualTo(path.equals("/explain") && id.equals(ids.get(2)) ? 422 : 200);
            }
        }
        for (String order : List.of("asc", "desc")) {
            assertThat(Served.ids("/api/v1/windows?job=startless&limit=1&order=" + order))
                    .containsExactlyInAnyOrderElementsOf(ids);
        }
        assertThat(Served.items("/api/v1/jobs/startless/keys")).hasSize(3);
        assertThat(Served.jobs()).contains("startless");
        ok("/api/v1/windows/aggregate?job=startless&fn=count");
    }

    @Test
    void shouldListWindowsOnlyOnceTheMomentIsRead() throws Exception {
        // Given: a process that reads no further than the first window
        TopicPosition base = position();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean hold = new AtomicBoolean(true);
        feeds.onMore(() -> holdOnce(hold, held, goOn));
        try {
            log.place(TOPIC, 1, "k", result("unread", "k", SIX));
            assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
            RecordMetadata second = log.place(TOPIC, 1, "k", result("unread", "k", SIX.plusSeconds(60)));
            long[] offsets = base.offsets().clone();
            offsets[1] = second.offset() + 1;
            String asOf = new TopicPosition(TOPIC, base.id(), offsets).toString();
            // When
            Future<Response> answer = ForkJoinPool.commonPool()
                    .submit(() -> given().get("/api/v1/windows?job=unread&key=k&asOf=" + asOf));
            await().pollInterval(Duration.ofMillis(5)).until(() -> consistency.waiting() > 0);
            goOn.countDown();
            // Then
            answer.get(60, TimeUnit.SECONDS).then().statusCode(200).body("items", hasSize(2));
        } finally {
            goOn.countDown();
        }
    }

    private static void holdOnce(AtomicBoolean hold, CountDownLatch held, CountDownLatch goOn) {
        if (Thread.currentThread().getName().equals("follow-" + TOPIC) && hold.getAndSet(false)) {
            held.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void shouldFilterThePastByWhatWasKnownThen() {
        // Given
        String id = id("filtered", "k", SIX);
        TopicPosition base = position();
        Said first = say(result("filtered", "k", SIX), id, 1, 1, true, 2, false);
        Said second = say(result("filtered", "k", SIX, 1, 2, true), id, 1, 2, true, 2, true);
        store.refresh();
        // Then
        String path = "/api/v1/windows?job=filtered&key=k&asOf=";
        page(path + after(first, base) + "&status=FINAL").body("items.rev", contains(1));
        page(path + after(second, base) + "&status=FINAL").body("items.rev", empty());
        page(path + after(second, base) + "&status=REVISED").body("items.rev", contains(2));
        page(path + after(first, base) + "&fields=rev").body("items[0].rev", equalTo(1));
        page(path + base + "&kind=tumbling").body("items", empty());
        page(path + after(second, base) + "&kind=session").body("items", empty());
        answer(404, path.replace("job=filtered", "job=nobody") + base);
    }

    @Test
    void shouldRefuseMoreOfThePastThanItAnswersAtOnce() {
        // Given
        List<String> results = IntStream.range(0, 501)
                .mapToObj(minute -> result("too-many", "k", SIX.plusSeconds(60L * minute)))
                .toList();
        store.bulk("window-results-too-many-" + MONTH, results);
        String path = "/api/v1/windows?job=too-many&key=k&asOf=" + position();
        // Then
        answer(422, path).body("type", equalTo("/problems/too-many-windows"));
        page(path + "&from=" + SIX.plusSeconds(60)).body("items", hasSize(500));
        for (String wrong : List.of("&limit=10", "&after=x")) {
            answer(400, path + wrong);
        }
        answer(400, path.replace("&key=k", "")).body("violations[0].parameter", equalTo("key"));
        answer(given().accept("application/x-ndjson"), 400, path).body("violations[0].parameter", equalTo("asOf"));
    }

    @Test
    void shouldAnswerEveryRevisionOnceWithItsTime() {
        // Given
        List<Said> history = randomHistory("every", 40);
        for (String id : history.stream().map(Said::id).distinct().toList()) {
            List<Said> expected = history.stream()
                    .filter(said -> said.id().equals(id))
                    .sorted(Comparator.comparingLong(Said::version))
                    .toList();
            // When
            List<JsonNode> rows = Served.items("/api/v1/windows/" + id + "/history?limit=2");
            // Then
            assertThat(rows).as("seed %d, %s", SEED, id).hasSameSizeAs(expected);
            for (int n = 0; n < rows.size(); n++) {
                Said said = expected.get(n);
                JsonNode row = rows.get(n);
                assertThat(ResultJson.of(row)).isEqualTo(ResultJson.read(said.json()));
                assertThat(row.get("appended").asText())
                        .isEqualTo(said.appended().toString());
                ok(
                                "/api/v1/windows/{id}?asOf={position}",
                                id,
                                row.get("position").asText())
                        .header("Streampane-Position", containsString(TOPIC + "~"));
            }
        }
    }

    @Test
    void shouldKnowWhatLayInAnEarlierLifeOfTheTopicBeforeAnythingInThisOne() {
        // Given: a first life in which generation 1 was said, and this one
        String id = id("lives", "k", SIX);
        Instant then = SIX.plusSeconds(70);
        store.at("earlier", 0, 4_000_000, then)
                .revision("lives", MONTH, id, 1, 1, result("lives", "k", SIX, 1, 1, true))
                .refresh();
        TopicPosition before = position();
        Said second = say(result("lives", "k", SIX, 2, 1, true), id, 2, 1, true, 0, false);
        // Then
        known(id, before.toString()).body("generation", equalTo(1));
        known(id, after(second, before)).body("generation", equalTo(2));
        known(id, then.toString()).body("generation", equalTo(1));
        known(id, second.appended().toString()).body("generation", equalTo(2));
        asked(id, then.minusMillis(1).toString()).then().statusCode(404);
        List<JsonNode> rows = Served.items("/api/v1/windows/" + id + "/history");
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).get("position").isNull()).isTrue();
    }

    @Test
    void shouldSayThatTheHistoryIsGoneWhenLaterRevisionsAloneAreKept() {
        // Given: a window that was revised, and its job's history was dropped since
        String id = id("dropped", "k", SIX);
        TopicPosition base = position();
        Said first = junk(result("dropped", "k", SIX), id, 1, 1);
        TopicPosition between = position();
        Said second = junk(result("dropped", "k", SIX, 1, 2, true), id, 1, 2);
        Store there = store.at(base.id(), second.partition(), second.offset(), second.appended());
        there.result("dropped", MONTH, id, second.json());
        there.revision("dropped", MONTH, id, 1, 2, second.json()).refresh();
        store.send("DELETE", "/window-history-dropped-" + MONTH, "");
        // Then
        for (String asOf :
                List.of(after(first, base), first.appended().minusMillis(1).toString())) {
            asked(id, asOf).then().statusCode(422).body("type", equalTo("/problems/history-gone"));
            answer(422, "/api/v1/windows?job=dropped&key=k&asOf=" + asOf).body("detail", containsString(id));
        }
        known(id, after(second, between)).body("rev", equalTo(2));
        // When: its first revision is there, and was not known then
        store.at(base.id(), first.partition(), first.offset(), first.appended())
                .revision("dropped", MONTH, id, 1, 1, first.json())
                .refresh();
        // Then
        asked(id, base.toString()).then().statusCode(404);
        known(id, after(first, base)).body("rev", equalTo(1));
    }

    @Test
    void shouldNotTakeTheFirstRevisionOfALaterGenerationForTheFirst() {
        // Given: the month's history was dropped, and a later generation has made the window again since
        String id = id("made-again", "k", LONG_AGO);
        TopicPosition base = position();
        Said first = junk(result("made-again", "k", LONG_AGO), id, 1, 1);
        Said again = junk(result("made-again", "k", LONG_AGO, 2, 1, true), id, 2, 1);
        store.at(base.id(), again.partition(), again.offset(), again.appended())
                .result("made-again", OLD_MONTH, id, again.json())
                .revision("made-again", OLD_MONTH, id, 2, 1, again.json())
                .refresh();
        // Then
        assertGone(id, after(first, base));
        assertGone(id, base.toString());
        assertGone(id, first.appended().minusMillis(1).toString());
        known(id, after(again, base)).body("generation", equalTo(2));
        // When: a revision of the first generation is kept, but not its first one
        Said revised = junk(result("made-again", "k", LONG_AGO, 1, 2, true), id, 1, 2);
        store.at(base.id(), revised.partition(), revised.offset(), revised.appended())
                .revision("made-again", OLD_MONTH, id, 1, 2, revised.json())
                .refresh();
        // Then
        assertGone(id, base.toString());
        // When: its first one is kept as well
        store.at(base.id(), first.partition(), first.offset(), first.appended())
                .revision("made-again", OLD_MONTH, id, 1, 1, first.json())
                .refresh();
        // Then
        asked(id, base.toString()).then().statusCode(404);
        known(id, after(first, base)).body("generation", equalTo(1));
    }

    @Test
    void shouldTakeTheFirstRevisionOfALaterGenerationForTheFirstWhileNoHistoryOfItsMonthWasDropped() {
        // Given: appended before its month was over, and its history is kept
        String id = id("made-late", "k", LONG_AGO);
        Instant appended = LONG_AGO.plusSeconds(70);
        String before = appended.minusMillis(1).toString();
        String path = "/api/v1/windows?job=made-late&key=k&asOf=";
        String json = result("made-late", "k", LONG_AGO, 2, 1, true);
        Store there = store.at("earlier", 0, 4_000_000, appended);
        there.result("made-late", OLD_MONTH, id, json)
                .revision("made-late", OLD_MONTH, id, 2, 1, json)
                .refresh();
        // Then
        asked(id, before).then().statusCode(404);
        page(path + before).body("items", empty());
        known(id, appended.toString()).body("generation", equalTo(2));
        // When: its month is not over yet
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        TopicPosition base = position();
        String live = id("made-late", "k", now);
        Said said = say(result("made-late", "k", now, 2, 1, true), live, 2, 1, true, 1, false);
        // Then
        asked(live, base.toString()).then().statusCode(404);
        page(path + base + "&from=" + now).body("items", empty());
        known(live, after(said, base)).body("generation", equalTo(2));
        // When: the history is dropped, and the newest revision is not
        store.send("DELETE", "/window-history-made-late-" + OLD_MONTH, "");
        // Then
        assertGone(id, before);
    }

    /** A pane's number is of no month, so history of an earlier generation may have been dropped with any month. */
    @Test
    void shouldNotTakeTheFirstRevisionOfALaterGenerationForTheFirstOfAGlobalPane() {
        // Given
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String id = "made-of-count~global-count-5-~k~7";
        String json = result("made-of-count", "k", now, 2, 1, true)
                .replace(id("made-of-count", "k", now), id)
                .replace("tumbling(1m)", "global(count=5)")
                .replace("\"kind\":\"tumbling\"", "\"kind\":\"global\",\"number\":7");
        TopicPosition base = position();
        Said said = say(json, id, 2, 1, true, 1, false);
        // Then
        assertGone(id, base.toString());
        known(id, after(said, base)).body("generation", equalTo(2));
    }

    @Test
    void shouldListWindowsThatOnlyTheHistoryHas() {
        // Given: window-results is kept for a shorter time, in which another month's windows have come
        Instant second = LONG_AGO.plusSeconds(60);
        Instant appended = LONG_AGO.plusSeconds(200);
        Store there = store.at("earlier", 0, 4_000_000, appended);
        for (Instant start : List.of(LONG_AGO, second)) {
            String id = id("outlived", "k", start);
            there.revision("outlived", OLD_MONTH, id, 1, 1, result("outlived", "k", start));
        }
        String revised = id("outlived", "k", second);
        store.at("earlier", 0, 4_000_001, appended.plusSeconds(1))
                .revision("outlived", OLD_MONTH, revised, 1, 2, result("outlived", "k", second, 1, 2, true))
                .revision("outlived", OLD_MONTH, id("outlived", "j", second), 1, 1, result("outlived", "j", second))
                .refresh();
        // Then: the list has what single windows have
        known(revised, appended.toString()).body("rev", equalTo(1));
        String path = "/api/v1/windows?job=outlived&key=k&asOf=";
        page(path + appended).body("items.id", contains(revised, id("outlived", "k", LONG_AGO)));
        page(path + appended + "&order=asc").body("items.id", contains(id("outlived", "k", LONG_AGO), revised));
        page(path + appended + "&from=" + second).body("items.rev", contains(1));
        page(path + appended + "&to=" + second).body("items.id", contains(id("outlived", "k", LONG_AGO)));
        page(path + appended.plusSeconds(1) + "&status=REVISED").body("items.id", contains(revised));
        page(path + appended.minusMillis(1)).body("items", empty());
        page(path + position() + "&fields=values.avg_load").body("items", hasSize(2));
        // When: another month is in window-results, without that value
        String newer = id("outlived", "k", SIX);
        String other =
                result("outlived", "k", SIX).replace("avg_load", "avg_other").replace("min_load", "min_other");
        store.result("outlived", MONTH, newer, other)
                .revision("outlived", MONTH, newer, 1, 1, other)
                .refresh();
        // Then
        page(path + position()).body("items.id", contains(newer, revised, id("outlived", "k", LONG_AGO)));
        page(path + position() + "&fields=values.avg_load").body("items", hasSize(3));
        // When: there are more windows than one answer has
        store.bulk(
                "window-history-outlived-" + OLD_MONTH,
                IntStream.range(2, 500)
                        .mapToObj(minute -> result("outlived", "k", LONG_AGO.plusSeconds(60L * minute)))
                        .toList());
        // Then
        answer(422, path + position()).body("type", equalTo("/problems/too-many-windows"));
        page(path + position() + "&to=" + SIX).body("items", hasSize(500));
    }

    @Test
    void shouldTellBySomeOtherMeansWhenTheTimeOfAppendingWasNotKept() {
        // Given: the first revision was indexed by an older release
        String id = id("timeless", "k", SIX);
        TopicPosition base = position();
        Said first = junk(result("timeless", "k", SIX, 1, 1, true), id, 1, 1);
        await().until(() -> Instant.now().toEpochMilli() > first.appended().toEpochMilli() + 1);
        Said second = junk(result("timeless", "k", SIX, 1, 2, true), id, 1, 2);
        for (Said said : List.of(first, second)) {
            int rev = (int) said.version();
            store.before(base.id(), said.partition(), said.offset())
                    .revision("timeless", MONTH, id, 1, rev, said.json());
        }
        store.refresh();
        // Then
        known(id, first.appended().toString()).body("rev", equalTo(1));
        known(id, second.appended().toString()).body("rev", equalTo(2));
        asked(id, first.appended().minusMillis(1).toString()).then().statusCode(404);
        known(id, after(first, base)).body("rev", equalTo(1));
        assertThat(Served.items("/api/v1/windows/" + id + "/history"))
                .allMatch(row -> row.get("appended").isNull());
    }

    @Test
    void shouldRefuseInstantWhenNobodyKnowsWhetherARevisionWasKnownThen() {
        // Given: indexed by an older release, out of a topic that is no more
        String id = id("unknowable", "k", SIX);
        store.before("earlier", 0, 17)
                .revision("unknowable", MONTH, id, 1, 1, result("unknowable", "k", SIX))
                .refresh();
        // Then
        asked(id, "2026-11-20T07:00:00Z").then().statusCode(422).body("type", equalTo("/problems/unknown-time"));
        known(id, position().toString()).body("rev", equalTo(1));
    }

    @Test
    void shouldRefusePositionsOfAnotherLifeAndOfTheFuture() {
        // Given
        String id = id("refused", "k", SIX);
        Said said = say(result("refused", "k", SIX), id, 1, 1, true, 1, false);
        TopicPosition now = position();
        long[] ahead = now.offsets().clone();
        ahead[1] = said.offset() + 1_000_000;
        long[] more = java.util.Arrays.copyOf(now.offsets(), now.offsets().length + 1);
        more[now.offsets().length] = 1;
        // Then
        for (String asOf : List.of(
                "window-results~another~" + now.toString().split("~")[2],
                new TopicPosition(TOPIC, now.id(), ahead).toString(),
                new TopicPosition(TOPIC, now.id(), more).toString(),
                "alerts~" + now.id() + "~0",
                "window-results~" + now.id() + "~-1",
                "a~b",
                "~",
                Instant.now().plusSeconds(60).toString(),
                "yesterday",
                "",
                "2026-11-20T06:00:00",
                "1795154460000")) {
            asked(id, asOf)
                    .then()
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("violations[0].parameter", equalTo("asOf"));
        }
        // a position that leaves out the partitions that were added since
        known(id, "alerts~x~7~~" + after(said, now)).body("rev", equalTo(1));
        known(id, "window-results~" + now.id() + "~0." + (said.offset() + 1)).body("rev", equalTo(1));
    }

    @Test
    void shouldSayThatAWindowWasRetractedThen() {
        // Given
        String id = id("superseded", "k", SIX);
        TopicPosition base = position();
        Said first = say(result("superseded", "k", SIX), id, 1, 1, true, 2, false);
        String retracted = result("superseded", "k", SIX, 1, 2, true)
                .replace("\"REVISED\"", "\"RETRACTED\"")
                .replace("\"watermark\",\"complete", "\"superseded\",\"complete");
        Said second = say(retracted, id, 1, 2, true, 2, false);
        // Then
        known(id, after(first, base)).body("status", equalTo("FINAL"));
        known(id, after(second, base)).body("status", equalTo("RETRACTED")).body("cause", equalTo("superseded"));
    }

    /** Of one window, and of the list that has it. */
    private static void assertGone(String id, String asOf) {
        asked(id, asOf).then().statusCode(422).body("type", equalTo("/problems/history-gone"));
        answer(422, "/api/v1/windows?job=" + id.substring(0, id.indexOf('~')) + "&key=k&asOf=" + asOf)
                .body("detail", containsString(id));
    }

    private static ValidatableResponse page(String path) {
        return ok(path).body("truncated", equalTo(false));
    }

    /** All windows at once, oldest first. */
    private ValidatableResponse assertKnown(List<Said> history, String asOf, Predicate<Said> wasKnown) {
        Map<String, Said> newest = new HashMap<>();
        history.stream()
                .filter(wasKnown)
                .forEach(said ->
                        newest.merge(said.id(), said, (one, other) -> one.version() > other.version() ? one : other));
        List<JsonNode> expected = newest.values().stream()
                .map(said -> ResultJson.read(said.json()))
                .sorted(Comparator.comparing(
                                (JsonNode row) -> row.at("/window/start").asText())
                        .thenComparing(row -> row.get("id").asText()))
                .toList();
        ValidatableResponse answer = ok("/api/v1/windows?job=past&key=k0&key=k1&order=asc&asOf=" + asOf);
        assertThat(ResultJson.read(answer.extract().asString()).get("items"))
                .as("seed %d, asOf %s", SEED, asOf)
                .extracting(item -> ((ObjectNode) item).without("links"))
                .isEqualTo(expected);
        return answer;
    }

    /** Revisions of six windows in an order that jobs would not write them in, some of them only in the tail or only in the store. */
    private List<Said> randomHistory(String job, int size) {
        Random random = new Random(SEED);
        List<Said> history = new ArrayList<>();
        int[][] revs = new int[6][4];
        for (int n = 0; n < size; n++) {
            int window = random.nextInt(6);
            int generation = 1 + random.nextInt(3);
            int rev = ++revs[window][generation];
            boolean complete = generation == 1 || random.nextBoolean();
            Instant start = SIX.plusSeconds(60L * (window / 2));
            String key = "k" + window % 2;
            String id = id(job, key, start);
            String json = result(job, key, start, generation, rev, complete);
            history.add(
                    random.nextInt(3) == 0
                            ? storedOnly(json, id, generation, rev, complete, window % 4, job)
                            : say(json, id, generation, rev, complete, window % 4, random.nextBoolean()));
        }
        Map<String, Said> indexed = new HashMap<>();
        for (Said said : history) {
            if (said.stored()) {
                indexed.merge(said.id(), said, (one, other) -> one.version() > other.version() ? one : other);
            }
        }
        indexed.forEach((id, said) -> store.at(position().id(), said.partition(), said.offset(), said.appended())
                .result(job, MONTH, id, said.json()));
        store.refresh();
        return history;
    }

    private Said storedOnly(
            String json, String id, int generation, int rev, boolean complete, int partition, String job) {
        Said said = write("no result", json, id, generation, rev, complete, partition, true);
        store.at(position().id(), partition, said.offset(), said.appended())
                .revision(job, MONTH, id, generation, rev, json);
        return said;
    }

    private Said junk(String json, String id, int generation, int rev) {
        Said said = write("no result", json, id, generation, rev, false, 3, true);
        return new Said(id, rev, said.partition(), said.offset(), said.appended(), json, true);
    }

    /** Writes a revision to the log, and to the store if it is in both. */
    private Said say(String json, String id, int generation, int rev, boolean complete, int partition, boolean stored) {
        Said said = write(json, json, id, generation, rev, complete, partition, stored);
        if (stored) {
            store.at(position().id(), partition, said.offset(), said.appended())
                    .revision(id.substring(0, id.indexOf('~')), MONTH, id, generation, rev, json);
        }
        return said;
    }

    private Said write(
            String value,
            String json,
            String id,
            int generation,
            int rev,
            boolean complete,
            int partition,
            boolean stored) {
        RecordMetadata place = log.place(TOPIC, partition, "k", value);
        await().pollInterval(Duration.ofMillis(5)).until(() -> position().offsets()[partition] > place.offset());
        return new Said(
                id,
                new Version(complete, generation, rev).number(),
                partition,
                place.offset(),
                Instant.ofEpochMilli(place.timestamp()),
                json,
                stored);
    }

    private static String after(Said said, TopicPosition base) {
        long[] offsets = base.offsets().clone();
        offsets[said.partition()] = said.offset() + 1;
        return new TopicPosition(base.name(), base.id(), offsets).toString();
    }

    private static ValidatableResponse known(String id, String asOf) {
        return asked(id, asOf).then().statusCode(200);
    }

    private static Response asked(String id, String asOf) {
        return given().get("/api/v1/windows/{id}?asOf={asOf}", id, asOf);
    }
}
