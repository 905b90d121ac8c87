// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.audit.AuditCheck;
import dev.streampane.local.audit.AuditReport.Verdict;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.log.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole stack as {@code streampane up} starts it, under a load with everything that goes wrong
 * in data: what each record became and what each view shows must be what the oracle says.
 */
@ExtendWith(PhaseTimes.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndToEndIT {

    /** From the beginning of the page's load to data on the screen, on two quiet cores. */
    private static final Duration FIRST_DATA = Duration.ofSeconds(1);

    private static final Duration SHOWN_WITHIN = Duration.ofSeconds(30);

    /** These publish what the oracle does not know. */
    private static final int AFTER_THE_OTHERS = Order.DEFAULT + 1;

    @TempDir
    static Path data;

    private static LoadedStack stack;
    private static Up up;
    private static LiveStream live;
    private static Outcome outcome;
    private static Rest results;
    private static Rest elasticsearch;

    @BeforeAll
    static void runLoad() throws Exception {
        stack = new LoadedStack(data, LoadedStack.RULE.spec(), AllJobs.options());
        up = stack.up();
        live = LiveStream.open(up.url(StackPort.RESULTS_API));
        results = new Rest(up.url(StackPort.RESULTS_API));
        elasticsearch = new Rest(up.url(StackPort.ELASTICSEARCH));
        new AllJobs(up, data).publishFraud();
        for (int phase = 1; phase <= 3; phase++) {
            long before = committedResults();
            stack.readings().publish(Duration.ofSeconds(60));
            stack.transactions().publish(Duration.ofSeconds(60));
            await("results of phase " + phase).until(() -> committedResults() > before + 50);
        }
        outcome = stack.settled();
    }

    private static long committedResults() {
        return TopicRecords.all(up.bootstrapServers(), "window-results", "read_committed")
                .size();
    }

    @AfterAll
    static void stopStack() {
        if (live != null) {
            live.close();
        }
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    @Tag("native")
    void shouldGiveEveryRecordItsVerdictAndPublishEveryWindow() {
        outcome.checkPutAside();
        outcome.checkWindows();
    }

    @Test
    @Tag("native")
    void shouldReconcileTheAudit() {
        var report = AuditCheck.check(Topics.client(up.bootstrapServers()));

        assertThat(report.findings()).isEmpty();
        assertThat(report.alarms()).isEmpty();
        assertThat(report.verdict()).isEqualTo(Verdict.BALANCED);
        Oracle oracle = outcome.oracle();
        assertThat(audited("/specs/0/counted")).isEqualTo(oracle.counted());
        assertThat(audited("/specs/0/late")).isEqualTo(oracle.late().size());
        assertThat(audited("/rejected")).isEqualTo(oracle.rejected().size());
        assertThat(audited("/heartbeats")).isEqualTo(oracle.heartbeats());
    }

    /** The sum of a number over the audit lines of the jobs that the oracle knows. */
    private static long audited(String number) {
        Set<String> jobs = Set.of(Feed.READINGS.job(), Feed.TRANSACTIONS.job());
        return TopicRecords.all(up.bootstrapServers(), "audit", "read_committed").stream()
                .map(record -> Outcome.json(record.value()))
                .filter(line -> jobs.contains(line.path("job").asText()))
                .mapToLong(line -> line.at(number).asLong())
                .sum();
    }

    @Test
    @Tag("native")
    void shouldHaveMetEveryKindOfVerdict() {
        Oracle oracle = outcome.oracle();

        assertThat(oracle.counted()).isPositive();
        assertThat(oracle.countedLate()).isPositive();
        assertThat(oracle.late()).isNotEmpty();
        assertThat(new TreeSet<>(oracle.rejected().values()))
                .contains("future", "not_json", "missing", "type", "range", "unknown_type", "empty");
        assertThat(outcome.revisions().values())
                .anySatisfy(all -> assertThat(all).hasSizeGreaterThan(1));
    }

    @Test
    @Tag("native")
    void shouldServeEveryWindowPageByPage() {
        for (Feed feed : Feed.values()) {
            Map<String, JsonNode> published = published(feed);
            String path = "/api/v1/windows?job=" + feed.job();
            await().untilAsserted(() -> assertSame(byId(windows(path, 500)), published));

            List<JsonNode> windows = windows(path, 37);

            assertThat(windows)
                    .extracting(window -> window.path("window").path("start").asText())
                    .isSortedAccordingTo((one, other) -> other.compareTo(one));
            assertSame(byId(windows), published);
        }
    }

    /** As in their contract, without the links that a page adds. */
    private static List<JsonNode> windows(String path, int limit) {
        return results.pages(path, limit).stream()
                .<JsonNode>map(window -> ((ObjectNode) window).without("links"))
                .toList();
    }

    @Test
    @Tag("native")
    void shouldServeOneWindowAndItsHistory() {
        List<JsonNode> revised = outcome.revisions().values().stream()
                .filter(all -> all.size() > 1)
                .findFirst()
                .orElseThrow();
        JsonNode last = revised.get(revised.size() - 1);
        String path = "/api/v1/windows/" + Rest.encoded(last.path("id").asText());
        await().untilAsserted(() -> assertThat(Rest.same(results.get(path), last))
                .as("%s is %s", path, last)
                .isTrue());

        await().untilAsserted(() ->
                assertThat(revs(results.pages(path + "/history?", 1))).isEqualTo(revs(revised)));
    }

    private static List<Integer> revs(List<JsonNode> revisions) {
        return revisions.stream().map(revision -> revision.path("rev").asInt()).toList();
    }

    private static Map<String, List<Integer>> revsById(Map<String, List<JsonNode>> revisions) {
        Map<String, List<Integer>> revs = new TreeMap<>();
        revisions.forEach((id, all) -> revs.put(id, revs(all)));
        return revs;
    }

    @Test
    @Tag("native")
    void shouldStreamEveryRevisionOnceAndInOrder() {
        await().untilAsserted(() -> assertThat(revsById(live.windows())).isEqualTo(revsById(outcome.revisions())));

        Map<String, List<JsonNode>> streamed = live.windows();

        assertThat(live.events()).extracting(LiveStream.Event::name).doesNotContain("reset", "gap", "error", "closed");
        assertThat(live.events()).extracting(LiveStream.Event::id).doesNotContainNull();
        assertThat(live.events())
                .filteredOn(event -> !event.name().equals("progress")) // comes at each heartbeat, moved or not
                .extracting(LiveStream.Event::id)
                .doesNotHaveDuplicates();
        outcome.revisions().forEach((id, all) -> {
            for (int i = 0; i < all.size(); i++) {
                JsonNode event = streamed.get(id).get(i);
                assertThat(Rest.same(event, all.get(i)))
                        .as("%s is %s", event, all.get(i))
                        .isTrue();
            }
        });
    }

    @Test
    @Tag("native")
    void shouldIndexTheLastRevisionOfEveryWindow() {
        for (Feed feed : Feed.values()) {
            Map<String, JsonNode> published = awaitIndexed(feed);
            assertThat(awaitHits(alias(feed), published.size())).hasSize(published.size());
        }
    }

    private static Map<String, JsonNode> awaitIndexed(Feed feed) {
        Map<String, JsonNode> published = published(feed);
        await("the last revisions of " + feed).ignoreExceptions().untilAsserted(() -> assertIndexed(feed, published));

        return published;
    }

    private static void assertIndexed(Feed feed, Map<String, JsonNode> published) {
        Map<String, JsonNode> documents = new TreeMap<>();
        for (JsonNode hit : hits("window-results-" + feed.job() + "-*")) {
            JsonNode document = hit.path("_source");
            assertThat(hit.path("_id").asText()).isEqualTo(document.path("id").asText());
            assertThat(hit.path("_index").asText()).isEqualTo("window-results-" + feed.job() + "-2026.01");
            assertThat(hit.path("_version").longValue()).isEqualTo(Explains.rank(document));
            documents.put(document.path("id").asText(), document);
        }
        assertContain(documents, published);
        documents.values().forEach(document -> assertLegacyFields(feed, document));
    }

    @Test
    @Tag("native")
    void shouldIndexEveryRevisionInTheHistory() {
        for (Feed feed : Feed.values()) {
            Map<String, JsonNode> published = new TreeMap<>();
            outcome.revisions().values().forEach(all -> all.stream()
                    .filter(r -> r.path("job").asText().equals(feed.job()))
                    .forEach(r -> published.put(historyId(r), r)));

            List<JsonNode> hits = awaitHits("window-history-" + feed.job() + "-*", published.size());

            Map<String, JsonNode> documents = new TreeMap<>();
            hits.forEach(hit -> documents.put(hit.path("_id").asText(), hit.path("_source")));
            assertContain(documents, published);
        }
    }

    private static String historyId(JsonNode revision) {
        return String.join(
                "~",
                revision.path("id").asText(),
                revision.path("generation").asText(),
                revision.path("rev").asText());
    }

    private static String alias(Feed feed) {
        return feed == Feed.READINGS ? "weather_data_1" : "total_amount";
    }

    private static void assertLegacyFields(Feed feed, JsonNode document) {
        assertThat(document.path("client")).isEqualTo(document.path("key"));
        assertThat(document.path("@timestamp").asText())
                .isEqualTo(document.path("window").path("end").asText());
        Set<String> legacy = feed == Feed.READINGS
                ? Set.of("row_date", "row_time", "avg_temp", "avg_hum")
                : Set.of("window_start", "window_end", "total_amount");
        legacy.forEach(field -> assertThat(document.has(field)).as(field).isTrue());
    }

    @Test
    void shouldExplainRollUpAndExportWithoutReservationWhenAllIsSound() throws Exception {
        SoundAnswers answers = new SoundAnswers(stack);
        for (Feed feed : Feed.values()) {
            Map<String, JsonNode> published = awaitIndexed(feed);
            answers.rollUp(feed, published);
            answers.export(feed, published);
        }
        answers.explain(List.copyOf(new TreeSet<>(outcome.last().keySet())));
    }

    /** The tests above wait patiently for what they look at. */
    @Test
    @Order(AFTER_THE_OTHERS)
    void shouldShowAResultSoonWhereverItIsShown() {
        assertThat(Best.of(SHOWN_WITHIN, EndToEndIT::untilAResultIsShown)).isLessThanOrEqualTo(SHOWN_WITHIN);
    }

    private static Duration untilAResultIsShown() {
        Set<String> before = committedIds();
        stack.readings().publish(Duration.ofSeconds(60));
        stack.readings().finish();
        String id = await().until(
                        () -> committedIds().stream()
                                .filter(one -> !before.contains(one))
                                .findFirst(),
                        Optional::isPresent)
                .get();
        Instant committed = Instant.now();
        await().ignoreExceptions()
                .until(() -> live.windows().containsKey(id)
                        && results.get("/api/v1/windows/" + Rest.encoded(id)).has("rev")
                        && hits("window-results-" + Feed.READINGS.job() + "-*").stream()
                                .anyMatch(hit -> hit.path("_id").asText().equals(id)));
        return Duration.between(committed, Instant.now());
    }

    private static Set<String> committedIds() {
        return TopicRecords.all(up.bootstrapServers(), "window-results", "read_committed").stream()
                .map(record -> Outcome.json(record.value()))
                .filter(result -> result.path("job").asText().equals(Feed.READINGS.job()))
                .map(result -> result.path("id").asText())
                .collect(Collectors.toSet());
    }

    @Test
    @Order(AFTER_THE_OTHERS + 1)
    void shouldRunEveryJobAtOnce() {
        new AllJobs(up, data).check();
    }

    @Test
    @Order(AFTER_THE_OTHERS + 2)
    void shouldShowInABrowserWhatTheApiSays() throws Exception {
        Browser.require();
        new PageViews(up, data, stack.scaled(FIRST_DATA)).check();
    }

    @Test
    @Order(AFTER_THE_OTHERS + 5)
    void shouldLeaveAPagesMainThreadHalfOfItsTime() throws Exception {
        Browser.require();
        new PageLoad(up, data.resolve("page-load")).check();
    }

    @Test
    @Order(AFTER_THE_OTHERS + 3)
    void shouldNeverAnswerOlderThanWhatAStreamTold() throws Exception {
        new Freshness(up, data).check();
    }

    @Test
    @Order(AFTER_THE_OTHERS + 4)
    void shouldBeFollowedByTheClientsOfTheDocs() throws Exception {
        try (Readings readings = new Readings(up.bootstrapServers(), Load.START.plus(Duration.ofDays(2)))) {
            new Clients(data, readings).check(KeyedService.start(up, data.resolve("clients")));
        }
    }

    private static List<JsonNode> awaitHits(String index, int count) {
        return await(index).ignoreExceptions().until(() -> hits(index), it -> it.size() == count);
    }

    private static List<JsonNode> hits(String index) {
        List<JsonNode> hits = new ArrayList<>();
        elasticsearch
                .get("/" + index + "/_search?size=10000&version=true&ignore_unavailable=true")
                .path("hits")
                .path("hits")
                .forEach(hits::add);
        return hits;
    }

    private static Map<String, JsonNode> published(Feed feed) {
        Map<String, JsonNode> published = new TreeMap<>(outcome.last());
        published.values().removeIf(result -> !result.path("job").asText().equals(feed.job()));
        return published;
    }

    private static Map<String, JsonNode> byId(List<JsonNode> results) {
        Map<String, JsonNode> byId = new TreeMap<>();
        results.forEach(result -> byId.put(result.path("id").asText(), result));
        return byId;
    }

    private static void assertSame(Map<String, JsonNode> shown, Map<String, JsonNode> published) {
        assertThat(shown.keySet()).isEqualTo(published.keySet());
        published.forEach((id, result) -> assertThat(Rest.same(shown.get(id), result))
                .as("%s is %s", shown.get(id), result)
                .isTrue());
    }

    /** A document has more fields than its result, and all of those. */
    private static void assertContain(Map<String, JsonNode> documents, Map<String, JsonNode> published) {
        assertThat(documents.keySet()).isEqualTo(published.keySet());
        published.forEach((id, result) -> result.properties()
                .forEach(field -> assertThat(Rest.same(documents.get(id).path(field.getKey()), field.getValue()))
                        .as("%s of %s is %s", field.getKey(), documents.get(id), field.getValue())
                        .isTrue()));
    }
}
