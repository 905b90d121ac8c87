// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.ElasticsearchAccess;
import dev.streampane.local.server.LocalService;
import dev.streampane.local.server.ServiceUnderTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Whoever was told of a result by a stream and asks for it then is never answered by an older one: not by the same process, and not by
 * another one that no longer has the window in memory, while Elasticsearch makes what is written visible every 30 s only.
 *
 * <p>{@code -Dfreshness.pairs=100000} for the long run.
 */
final class Freshness {

    private static final long PAIRS = Long.getLong("freshness.pairs", 4_000);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Results behind which one has left a tail of 100. */
    private static final int BEHIND = 300;

    private static final int IN_FLIGHT = 64;
    private static final int IN_FLIGHT_ELSEWHERE = 512;

    /** What was told. */
    private record Event(String position, String id, long rev) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong newer = new AtomicLong();
    private final AtomicLong askedAgain = new AtomicLong();

    private final Up up;
    private final Path data;

    Freshness(Up up, Path data) {
        this.up = up;
        this.data = data;
    }

    void check() throws Exception {
        long seed = Seed.next();
        URI elasticsearch = up.url(StackPort.ELASTICSEARCH);
        refreshSeldom(elasticsearch);
        URI first = up.url(StackPort.RESULTS_API);
        try (LocalService second = second(up, elasticsearch);
                Revisions revisions = new Revisions(up.bootstrapServers(), seed)) {
            second.launch();
            second.awaitReady();
            long began = System.nanoTime();
            ask(first, second.url(), revisions);
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.printf(
                    "%d pairs in %.1f s: %.0f pairs/s; %d answers newer than told, %d asked again%n",
                    answered.get(), seconds, answered.get() / seconds, newer.get(), askedAgain.get());
            assertThat(wrong.stream().limit(10)).as("seed %d", seed).isEmpty();
            assertThat(answered).hasValue(PAIRS);
            assertThat(get(elasticsearch.resolve("/window-results-freshness-*/_settings"))
                            .body())
                    .contains("\"refresh_interval\":\"30s\"");
            assertThat(storeRequests(second.management())).as("asked the store").isGreaterThan(PAIRS / 1000);
        }
    }

    /** Reads the stream of the first process, and for each event asks for the window: there, or of the second when it is long gone from its tail. */
    private void ask(URI first, URI second, Revisions revisions) throws Exception {
        HttpResponse<Stream<String>> stream = http.send(
                HttpRequest.newBuilder(first.resolve("/api/v1/stream?job=" + Revisions.JOB))
                        .header("Accept", "text/event-stream")
                        .build(),
                BodyHandlers.ofLines());
        assertThat(stream.statusCode()).isEqualTo(200);
        revisions.start();
        Semaphore here = new Semaphore(IN_FLIGHT);
        Semaphore elsewhere = new Semaphore(IN_FLIGHT_ELSEWHERE);
        Deque<Event> gone = new ArrayDeque<>();
        long asked = 0;
        Iterator<String> lines = stream.body().iterator();
        for (long events = 0; asked < PAIRS; events++) {
            Event told = next(lines, revisions);
            revisions.seen();
            if (events % 2 == 0 && asked < PAIRS) {
                ask(first, told, here);
                asked++;
            } else {
                gone.add(told);
            }
            if (gone.size() > BEHIND && asked < PAIRS) {
                ask(second, gone.remove(), elsewhere);
                asked++;
            }
        }
        revisions.stop();
        here.acquire(IN_FLIGHT);
        elsewhere.acquire(IN_FLIGHT_ELSEWHERE);
        stream.body().close();
    }

    private void ask(URI service, Event told, Semaphore inFlight) throws InterruptedException {
        inFlight.acquire();
        send(service, told).whenComplete((answer, failure) -> {
            try {
                if (failure != null) {
                    wrong.add(told + ": " + failure);
                } else {
                    check(told, answer);
                }
            } finally {
                inFlight.release();
            }
        });
    }

    /** Asks again when it is told to: 504 (not yet) and 503 (Elasticsearch is slow) are no answers, and no lies. */
    private CompletableFuture<HttpResponse<byte[]>> send(URI service, Event told) {
        HttpRequest request = HttpRequest.newBuilder(
                        service.resolve("/api/v1/windows/" + told.id() + "?atLeast=" + told.position()))
                .timeout(Duration.ofSeconds(30))
                .build();
        return http.sendAsync(request, BodyHandlers.ofByteArray()).thenCompose(answer -> {
            if (answer.statusCode() == 504 || answer.statusCode() == 503) {
                askedAgain.incrementAndGet();
                return send(service, told);
            }
            return CompletableFuture.completedFuture(answer);
        });
    }

    private void check(Event told, HttpResponse<byte[]> answer) {
        try {
            JsonNode result = JSON.readTree(answer.body());
            long rev = result.path("rev").asLong();
            if (answer.statusCode() != 200 || !result.path("id").asText().equals(told.id()) || rev < told.rev()) {
                wrong.add(told + ": " + answer.statusCode() + " " + result);
            }
            newer.addAndGet(rev > told.rev() ? 1 : 0);
            answered.incrementAndGet();
        } catch (IOException e) {
            wrong.add(told + ": " + e);
        }
    }

    /** The next window; a heartbeat comes meanwhile where nothing is written. */
    private static Event next(Iterator<String> lines, Revisions revisions) throws IOException {
        String position = "";
        String event = "";
        String data = "";
        while (true) {
            String line = lines.next();
            revisions.check();
            if (line.startsWith("id:")) {
                position = line.substring(3).strip();
            } else if (line.startsWith("event:")) {
                event = line.substring(6).strip();
                assertThat(event).isNotIn("reset", "conflated", "error");
            } else if (line.startsWith("data:")) {
                data = line.substring(5);
            } else if (line.isEmpty() && event.equals("window")) {
                JsonNode result = JSON.readTree(data);
                return new Event(
                        position, result.path("id").asText(), result.path("rev").asLong());
            }
        }
    }

    private void refreshSeldom(URI elasticsearch) throws IOException {
        String template = Files.readString(
                Checkout.root().resolve("deploy/elasticsearch/component-templates/window-document.json"));
        assertThat(template).contains("\"500ms\"");
        ElasticsearchAccess.OPEN.send(
                "PUT",
                elasticsearch.resolve("/_component_template/window-document"),
                template.replace("\"500ms\"", "\"30s\""));
    }

    private LocalService second(Up up, URI elasticsearch) {
        return ServiceUnderTest.onFreePorts(
                "results-api",
                data.resolve("second"),
                Map.of(
                        "RESULTS_LIMITS_REQUESTS_PER_SECOND", "0",
                        "KAFKA_BOOTSTRAP_SERVERS", up.bootstrapServers(),
                        "QUARKUS_ELASTICSEARCH_HOSTS", elasticsearch.getAuthority(),
                        "RESULTS_TAIL_SIZE", "100",
                        "RESULTS_QUERY_AT_LEAST_TIMEOUT", "10s",
                        "RESULTS_QUERY_TIMEOUT", "10s"));
    }

    /** Requests that a process made to Elasticsearch. */
    private double storeRequests(URI service) throws Exception {
        return get(service.resolve("/q/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith("streampane_results_elasticsearch_requests_seconds_count"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private HttpResponse<String> get(URI uri) throws Exception {
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
