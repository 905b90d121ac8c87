// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.Books;
import dev.streampane.local.stack.Listener;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code explain} of results-api says equal for each window of a run in which the TaskManager was killed and the job went on under other settings;
 * and it says different when a document is falsified in Elasticsearch, or a result in the log.
 */
class ExplainIT {

    private static final WindowRule FIRST = WindowRule.tumbling(Duration.ofSeconds(5));
    private static final WindowRule STRICTER =
            FIRST.with(Duration.ofSeconds(2), Duration.ofSeconds(20));
    private static final String WINDOWS =
            "tumbling(20s);sliding(30s,15s);session(3s);calendar(day,Pacific/Kiritimati);all:tumbling(10s);global(count=50)";
    private static final String JOB = Feed.READINGS.job();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String RESULTS = "window-results";

    /** As many as results-api explains at once. */
    private static final int CLIENTS = 2;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir Path data;

    @Test
    void shouldExplainEachWindowOfARunWithKillsAndSeeWhatIsFalsified() throws Exception {
        long seed = Seed.next();
        try (Up up =
                        Up.start(
                                data,
                                Up.freePortOffset(),
                                WINDOWS,
                                "--jobs",
                                JOB + ",index-results");
                Load readings = new Load(up.bootstrapServers(), Feed.READINGS, FIRST, seed)) {
            runThroughFaults(up, readings);
            Map<String, JsonNode> windows = awaitIndexed(up);

            Map<String, Integer> verdicts = explainAll(up, windows);

            assertThat(verdicts.keySet()).isSubsetOf("equal", "retracted");
            assertThat(verdicts.get("equal")).isGreaterThan(200);
            checkThatAFalsifiedDocumentIsSeen(up, aWindow(windows, 0));
            checkThatAFalsifiedLogIsSeen(up, aWindow(windows, 1));
        }
    }

    private static void runThroughFaults(Up up, Load readings) {
        readings.publish(Duration.ofSeconds(40));
        awaitRead(up);
        FlinkJob job = new FlinkJob(up, JOB);
        int restarts = job.restarts();
        readings.publish(Duration.ofSeconds(20));
        up.kill("taskmanager");
        readings.publish(Duration.ofSeconds(20));
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> job.restarts() > restarts && job.isUp());
        awaitRead(up);

        up.command("jobs", "stop", JOB, "--savepoint");
        readings.follow(STRICTER);
        readings.publish(Duration.ofSeconds(20));
        up.command(
                "jobs",
                "start",
                JOB,
                "--job-option",
                "out-of-orderness=2s",
                "--job-option",
                "allowed-lateness=20s");
        readings.publish(Duration.ofSeconds(20));
        readings.finish();
        readings.beat();
        awaitRead(up);
    }

    private static void awaitRead(Up up) {
        await().atMost(PATIENCE)
                .until(() -> Books.check(up.bootstrapServers()).count("unaudited") == 0);
    }

    /** Waits until Elasticsearch has the newest revision of each window; these by id. */
    private static Map<String, JsonNode> awaitIndexed(Up up) {
        Map<String, JsonNode> last = new TreeMap<>();
        TopicContent.committed(up.bootstrapServers(), RESULTS).stream()
                .map(record -> Outcome.json(record.value()))
                .forEach(row -> last.put(row.path("id").asText(), row));
        Rest results = new Rest(up.url(Listener.RESULTS_API));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            Map<String, Integer> indexed = new TreeMap<>();
                            results.pages("/api/v1/windows?job=" + JOB, 500)
                                    .forEach(
                                            row ->
                                                    indexed.put(
                                                            row.path("id").asText(),
                                                            row.path("rev").asInt()));
                            Map<String, Integer> logged = new TreeMap<>();
                            last.forEach((id, row) -> logged.put(id, row.path("rev").asInt()));
                            assertThat(indexed).isEqualTo(logged);
                        });
        return last;
    }

    /** How many windows got each verdict; anything but equal and retracted fails with the whole answer. */
    private Map<String, Integer> explainAll(Up up, Map<String, JsonNode> windows)
            throws InterruptedException, ExecutionException {
        long started = System.nanoTime();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        Map<String, Integer> verdicts = new TreeMap<>();
        long records = 0;
        try {
            List<Future<JsonNode>> answers = new ArrayList<>();
            windows.forEach((id, row) -> answers.add(clients.submit(() -> explain(up, id))));
            for (Future<JsonNode> future : answers) {
                JsonNode answer = future.get();
                String verdict = answer.path("verdict").asText();
                assertThat(verdict).as("%s", answer).isIn("equal", "retracted");
                assertThat(answer.path("findings")).as("%s", answer).isEmpty();
                verdicts.merge(verdict, 1, Integer::sum);
                records += answer.at("/read/records").asLong();
            }
        } finally {
            clients.shutdownNow();
        }
        System.out.printf(
                "explained %d windows in %.1f s, %,d records read: %s%n",
                windows.size(), (System.nanoTime() - started) / 1e9, records, verdicts);
        return verdicts;
    }

    private JsonNode explain(Up up, String id) {
        return new Rest(up.url(Listener.RESULTS_API))
                .get("/api/v1/windows/" + Rest.encoded(id) + "/explain");
    }

    private static JsonNode aWindow(Map<String, JsonNode> windows, int number) {
        return windows.values().stream()
                .filter(row -> row.path("spec").asText().equals("tumbling(20s)"))
                .skip(number)
                .findFirst()
                .orElseThrow();
    }

    private void checkThatAFalsifiedDocumentIsSeen(Up up, JsonNode window)
            throws IOException, InterruptedException {
        URI elasticsearch = up.url(Listener.ELASTICSEARCH);
        String id = window.path("id").asText();
        HttpRequest falsify =
                HttpRequest.newBuilder(
                                elasticsearch.resolve(
                                        "/window-results-%s-2026.01/_update/%s?refresh=true"
                                                .formatted(JOB, Rest.encoded(id))))
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"doc\":{\"values\":{\"max_temp\":99.5}}}"))
                        .build();
        assertThat(http.send(falsify, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

        JsonNode answer = explain(up, id);

        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("different");
        assertThat(answer.at("/findings/0").asText()).isEqualTo("document: differs from the log");
        assertThat(answer.path("differences")).hasSize(1);
        assertThat(answer.at("/differences/0/field").asText()).isEqualTo("values.max_temp");
        assertThat(answer.at("/differences/0/document").decimalValue())
                .isEqualByComparingTo("99.5");
        assertThat(answer.at("/differences/0/recomputed").decimalValue())
                .isEqualByComparingTo(window.at("/values/max_temp").decimalValue());
        System.out.println("a falsified document: " + answer);
    }

    private void checkThatAFalsifiedLogIsSeen(Up up, JsonNode window) {
        ObjectNode falsified = window.deepCopy();
        falsified.put("rev", 1000).put("count", window.path("count").asLong() + 1);
        write(up, falsified);
        String id = window.path("id").asText();
        Rest results = new Rest(up.url(Listener.RESULTS_API));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(explain(up, id).path("findings"))
                                        .as("indexed")
                                        .hasSize(1));

        JsonNode answer = explain(up, id);

        assertThat(results.get("/api/v1/windows/" + Rest.encoded(id)).path("rev").asInt())
                .isEqualTo(1000);
        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("different");
        assertThat(answer.at("/findings/0").asText()).isEqualTo("log: differs from the inputs");
        assertThat(answer.path("differences")).hasSize(1);
        assertThat(answer.at("/differences/0/field").asText()).isEqualTo("count");
        assertThat(answer.at("/differences/0/recomputed").asLong())
                .isEqualTo(window.path("count").asLong());
        System.out.println("a falsified log: " + answer);
    }

    /** Commits a row as a job does. */
    private static void write(Up up, JsonNode row) {
        try (var producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                up.bootstrapServers(),
                                "transactional.id",
                                "test-job"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(
                    new ProducerRecord<>(
                            RESULTS,
                            row.path("key").asText().getBytes(StandardCharsets.UTF_8),
                            row.toString().getBytes(StandardCharsets.UTF_8)));
            producer.commitTransaction();
        }
    }
}
