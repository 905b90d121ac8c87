// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static dev.streampane.local.server.Patience.await;
import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalKafka;
import dev.streampane.results.Log;
import dev.streampane.results.RealServers;
import dev.streampane.results.ServiceProcess;
import dev.streampane.results.Store;
import dev.streampane.results.tail.TailFeeds;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many queries as one principal may ask at once, over more windows than the heap of 128 MiB has room for. */
@Tag("campaign")
@QuarkusTest
@QuarkusTestResource(RealServers.class)
class SmallHeapIT {

    private static final int STORED = 60_000;
    private static final int LOGGED = 20_000;
    private static final int BULK = 5_000;
    private static final int KEYS = 50;

    @TempDir
    static Path folder;

    @Inject
    TailFeeds feed;

    @RealServers.Running
    LocalKafka kafka;

    @RealServers.Running
    LocalElasticsearch elasticsearch;

    @RealServers.Running
    Store store;

    @Test
    void shouldAnswerAllThatOnePrincipalMayAskAtOnce() throws Exception {
        // Given
        await().until(feed::settled);
        for (int from = 0; from < STORED; from += BULK) {
            store.bulk(
                    "window-results-heap-2026.11",
                    IntStream.range(from, from + BULK)
                            .mapToObj(n -> result("heap", key(n), at(n)))
                            .toList());
        }
        try (Log log = new Log(kafka.bootstrapServers())) {
            log.begin();
            for (int n = STORED; n < STORED + LOGGED; n++) {
                log.add("window-results", n % 4, key(n), result("heap", key(n), at(n)));
            }
            log.commit();
        }
        store.acknowledge(feed.tail().position().topic(feed.resultsTopic()).orElseThrow());
        Map<String, String> settings = Map.of(
                "kafka.bootstrap.servers",
                kafka.bootstrapServers(),
                "quarkus.elasticsearch.hosts",
                elasticsearch.url().getAuthority(),
                "results.query.timeout",
                "30s",
                "results.query.aggregate-timeout",
                "60s");
        try (ServiceProcess process =
                new ServiceProcess(folder, settings).start().awaitReady()) {
            // When
            List<String> rollUps =
                    askAtOnce(process, 8, "/api/v1/windows/aggregate?job=heap&metric=load&fn=avg&interval=1h");
            List<String> pages = askAtOnce(process, 32, "/api/v1/windows?job=heap&limit=500&order=asc");
            // Then
            String log = process.log();
            String windows = "\"windows\":" + 60 * KEYS;
            assertThat(rollUps)
                    .as(log)
                    .allSatisfy(answer -> assertThat(answer).startsWith("200").contains(windows));
            assertThat(pages).as(log).allSatisfy(answer -> assertThat(answer).startsWith("200"));
        }
    }

    /** Asks all again while a slow Elasticsearch has not answered one in time. */
    private static List<String> askAtOnce(ServiceProcess process, int times, String path) {
        List<String> answers = answersAtOnce(process, times, path);
        for (int again = 1; again < 3 && answers.stream().anyMatch(it -> it.startsWith("503")); again++) {
            answers = answersAtOnce(process, times, path);
        }
        return answers;
    }

    private static List<String> answersAtOnce(ServiceProcess process, int times, String path) {
        ExecutorService clients = Executors.newFixedThreadPool(times);
        try {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int n = 0; n < times; n++) {
                answers.add(CompletableFuture.supplyAsync(() -> answer(process, path), clients));
            }
            return answers.stream().map(CompletableFuture::join).toList();
        } finally {
            clients.shutdownNow();
        }
    }

    /** Status, and as much of the answer as tells. */
    private static String answer(ServiceProcess process, String path) {
        try {
            HttpResponse<String> answer = process.get(path);
            String body = answer.body();
            return answer.statusCode() + " " + body.substring(0, Math.min(200, body.length()));
        } catch (Exception e) {
            return e.toString();
        }
    }

    private static String key(int n) {
        return "k" + n % KEYS;
    }

    private static Instant at(int n) {
        return SIX.minusSeconds(5 * 86_400).plusSeconds(60L * (n / KEYS));
    }
}
