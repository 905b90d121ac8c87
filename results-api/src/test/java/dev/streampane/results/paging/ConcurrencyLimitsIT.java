// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.paging;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.alert;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static dev.streampane.results.Served.answer;
import static dev.streampane.results.Served.ok;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.results.AtOnce;
import dev.streampane.results.Fixtures;
import dev.streampane.results.OnFeeds;
import dev.streampane.results.RawHttp;
import dev.streampane.results.RealServers;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.audit.AuditResource;
import dev.streampane.results.audit.AuditTotals;
import dev.streampane.results.audit.JobRuns;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bulkhead;
import dev.streampane.results.store.ResultJson;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.arc.ClientProxy;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(RealServers.class)
class ConcurrencyLimitsIT extends OnFeeds {

    private static final String ID = id("running", "k", SIX);
    private static final String PAGE = "/api/v1/windows?job=running";
    private static final List<String> SCANS =
            List.of("/api/v1/windows/aggregate?job=running&fn=count&interval=1h", "/api/v1/jobs/running/keys");

    @RealServers.Running
    LocalElasticsearch elasticsearch;

    @TestHTTPResource("/")
    URI root;

    @Inject
    JobRuns runs;

    @Inject
    AuditTotals totals;

    @Inject
    LogReaders readers;

    @Inject
    ConcurrencyLimits limits;

    @Inject
    MeterRegistry metrics;

    @Inject
    ResultsConfig config;

    @BeforeEach
    void write() {
        await().until(feeds::loaded);
        log.put("window-results", 0, "k", result("running", "k", SIX));
        await().until(() -> given().get(PAGE).statusCode() == 200);
        // lines give their place back when they have been sent
        await().until(() -> limits.pages().available() == config.query().maxPages()
                && limits.scans().available() == config.query().maxScans()
                && limits.lines().available() == config.query().maxScans());
    }

    @Test
    void shouldRefuseOnePageMoreThanMayBeReadAtOnce() {
        shouldRefuseWhile(limits.pages(), "application/json", PAGE);
        shouldRefuseWhile(limits.pages(), "application/json", "/api/v1/alerts?client=nobody");
        shouldRefuseWhile(limits.pages(), "application/json", "/api/v1/windows/" + ID + "/history");
        // Then: the others have places of their own
        Deque<Bulkhead.Permit> taken = takeAll(limits.pages());
        try {
            lines("GET").statusCode(200);
            ok("/api/v1/windows/" + ID);
        } finally {
            taken.forEach(Bulkhead.Permit::close);
        }
    }

    @Test
    void shouldRefuseOneScanMoreThanMayRunAtOnce() {
        for (String path : SCANS) {
            shouldRefuseWhile(limits.scans(), "application/json", path);
        }
        shouldRefuseWhile(limits.lines(), "application/x-ndjson", PAGE);
        int free = limits.lines().available();
        lines("HEAD").statusCode(200);
        await().until(() -> limits.lines().available() == free);
    }

    @Test
    void shouldSearchForNamesOfValuesAmongTheRunningOnesOnly() {
        String path = PAGE + "&fields=values.nosuch";
        shouldNotSearchWhile(limits.pages(), "application/json", path);
        shouldNotSearchWhile(limits.pages(), "application/json", path + "&key=k&asOf=" + SIX);
        shouldNotSearchWhile(limits.lines(), "application/x-ndjson", path);
        // Then: nothing is left of their places
        answer(400, path).body("violations.parameter", contains("fields"));
        answer(given().accept("application/x-ndjson"), 400, path);
        await().until(() -> limits.pages().available() == config.query().maxPages()
                && limits.lines().available() == config.query().maxScans());
    }

    @Test
    void shouldSearchForSingleAlertsAndSubjectsOfExplanationsAsForPages() {
        // Given: an alert that is the newest, in memory
        log.put("job-runs", null, "fraud-detection/1", Fixtures.jobRun("fraud-detection", 1, null, null));
        await().until(() -> runs.newest("fraud-detection").isPresent());
        String alert = alert("memory", 1);
        log.put("alerts", 0, "k", alert);
        String inMemory = "/api/v1/alerts/" + ResultJson.read(alert).get("id").asText();
        await().until(() -> given().get(inMemory).statusCode() == 200);
        // Then: one look, for all who ask, at how far Elasticsearch is takes no place
        Deque<Bulkhead.Permit> taken = takeAll(limits.pages());
        try {
            answer(503, "/api/v1/alerts/fraud-detection~x~1");
            answer(503, "/api/v1/windows/running~nosuch/explain");
            ok(inMemory);
        } finally {
            taken.forEach(Bulkhead.Permit::close);
        }
    }

    private void shouldNotSearchWhile(Bulkhead bound, String accept, String path) {
        // Given
        Deque<Bulkhead.Permit> taken = takeAll(bound);
        double before = searches();
        try {
            // When Then
            answer(given().accept(accept), 503, path).body("type", equalTo("/problems/too-many-queries"));
            assertThat(searches()).isEqualTo(before);
        } finally {
            taken.forEach(Bulkhead.Permit::close);
        }
    }

    @Test
    void shouldLeaveExplanationsToOthersHoweverManyOneReaderAsksFor() {
        // Given: nobody reads the log, so that explanations wait
        TopicPosition place = position();
        store.acknowledge(place);
        store.at(place.id(), 0, 0, SIX)
                .result("running", "2026.11", ID, result("running", "k", SIX))
                .refresh();
        CountDownLatch busy = holdReaders();
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        try {
            for (String reader : List.of("127.0.0.1", "127.0.0.2")) {
                // When
                List<CompletableFuture<Integer>> answers = Stream.generate(() -> explain(reader))
                        .limit(config.explain().maxRunning())
                        .toList();
                // Then: all but its share are refused at once, and those of its share are not
                List<CompletableFuture<Integer>> refused = await().until(
                                () -> answers.stream()
                                        .filter(CompletableFuture::isDone)
                                        .toList(),
                                done -> done.size() == answers.size() / 2);
                assertThat(refused).allMatch(answer -> answer.join() == 503);
                all.addAll(answers);
            }
            // Then: the others wait for all of their time, which is no fault of their windows (422)
            assertThat(all).allMatch(answer -> answer.join() == 503);
        } finally {
            busy.countDown();
        }
    }

    @Test
    void shouldNotKeepAPlaceForLongForWhatTheLogIsAskedAndDoesNotSay() {
        // Given
        TopicPosition now = position();
        long[] ahead =
                LongStream.of(now.offsets()).map(offset -> offset + 1_000).toArray();
        CountDownLatch busy = holdReaders();
        try {
            AtOnce.run(Stream.of(
                            "asOf=" + Instant.now(),
                            "asOf=" + new TopicPosition(now.name(), now.id(), ahead),
                            "atLeast="
                                    + new TopicPosition(
                                            now.name(), Uuid.randomUuid().toString(), now.offsets()))
                    // When
                    .<Runnable>map(question -> () -> answer(503, PAGE + "&key=k&" + question)
                            .header("Retry-After", "5")
                            .body("type", equalTo("/problems/log-unavailable"))));
            assertThat(limits.pages().available()).isEqualTo(config.query().maxPages());
        } finally {
            busy.countDown();
        }
    }

    @Test
    void shouldAskTheLogForAnInstantAmongTheRunningOnesOnly() {
        // Given: who asks the log waits
        CountDownLatch busy = holdReaders();
        Deque<Bulkhead.Permit> taken = takeAll(limits.pages());
        try {
            for (String path : List.of(PAGE + "&key=k&asOf=" + SIX, "/api/v1/windows/" + ID + "?asOf=" + SIX)) {
                // When Then
                answer(503, path).body("type", equalTo("/problems/too-many-queries"));
            }
        } finally {
            taken.forEach(Bulkhead.Permit::close);
            busy.countDown();
        }
    }

    @Test
    void shouldServeOthersOfAConnectionWhileAnAnswerTakesItsTime() throws Exception {
        shouldServeOthersWhile(ClientProxy.unwrap(totals), "audit", AuditResource.class);
        shouldServeOthersWhile(feeds.tail(), "jobs/running/keys", TailAndStore.class);
    }

    /** @param reading what waits for {@code held}, which the answer is out of */
    private void shouldServeOthersWhile(Object held, String path, Class<?> reading) throws Exception {
        // Given: a connection, and so one thread, for all requests
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        assertThat(client.send(request("nosuch"), BodyHandlers.ofString()).version())
                .isEqualTo(HttpClient.Version.HTTP_2);
        CompletableFuture<HttpResponse<String>> answer;
        synchronized (held) {
            answer = client.sendAsync(request(path), BodyHandlers.ofString());
            await().until(() -> Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> thread.getKey().getState() == Thread.State.BLOCKED)
                    .flatMap(thread -> Stream.of(thread.getValue()))
                    .anyMatch(frame -> frame.getClassName().equals(reading.getName())));
            // When
            HttpResponse<String> other = client.send(request("nosuch"), BodyHandlers.ofString());
            // Then
            assertThat(other.statusCode()).isEqualTo(404);
            assertThat(answer).isNotDone();
        }
        assertThat(answer.get().statusCode()).isEqualTo(200);
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(root.resolve("api/v1/" + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    /** Has nobody read the log until the answer is counted down. */
    private CountDownLatch holdReaders() {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(config.catchUpReaders());
        for (int reader = 0; reader < config.catchUpReaders(); reader++) {
            readers.layout("window-results").subscribe().with(layout -> {
                free.countDown();
                await().until(() -> busy.getCount() == 0);
            });
        }
        await().until(() -> free.getCount() == 0);
        return busy;
    }

    @Test
    void shouldAskASlowElasticsearchOnceForAllWhoWantTheJobs() throws Exception {
        // Given
        double before = searches();
        signal("STOP");
        try {
            // When
            List<CompletableFuture<String>> answers = Stream.generate(() -> CompletableFuture.supplyAsync(
                            () -> given().get("/api/v1/jobs").<String>path("reason"),
                            task -> new Thread(task, "jobs").start()))
                    .limit(20)
                    .toList();
            // Then
            assertThat(answers).extracting(CompletableFuture::join).allMatch("store-unavailable"::equals);
            assertThat(searches() - before).isLessThanOrEqualTo(5);
        } finally {
            signal("CONT");
        }
    }

    private void signal(String name) throws Exception {
        long pid = elasticsearch.process().pid();
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private double searches() {
        return metrics.find("streampane.results.elasticsearch.requests").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    /** What a client of that address is answered: a status. */
    private CompletableFuture<Integer> explain(String address) {
        String request = RawHttp.request("GET", "/api/v1/windows/" + ID + "/explain", "");
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Socket socket =
                            new Socket(root.getHost(), root.getPort(), InetAddress.getByName(address), 0)) {
                        socket.getOutputStream().write(request.getBytes(US_ASCII));
                        String line = new String(socket.getInputStream().readNBytes(12), US_ASCII);
                        return Integer.valueOf(line.substring(9));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> new Thread(task, "explain").start());
    }

    /** Nothing may be left of a place when its query has ended. */
    private static void shouldRefuseWhile(Bulkhead bound, String accept, String path) {
        // Given
        int free = bound.available();
        assertThat(free).isPositive();
        Deque<Bulkhead.Permit> taken = takeAll(bound);
        try {
            // When Then
            answer(given().accept(accept), 503, path)
                    .header("Retry-After", "5")
                    .header("Content-Type", "application/problem+json")
                    .body("type", equalTo("/problems/too-many-queries"));
            taken.pop().close();
            ok(given().accept(accept), path);
            await().until(() -> bound.available() == 1);
        } finally {
            taken.forEach(Bulkhead.Permit::close);
        }
        assertThat(bound.available()).isEqualTo(free);
    }

    private static Deque<Bulkhead.Permit> takeAll(Bulkhead bound) {
        Deque<Bulkhead.Permit> taken = new ArrayDeque<>();
        while (bound.available() > 0) {
            taken.add(bound.acquire(Access.unrestricted("filler " + taken.size())));
        }
        return taken;
    }

    private static ValidatableResponse lines(String method) {
        return given().accept("application/x-ndjson").request(method, PAGE).then();
    }
}
