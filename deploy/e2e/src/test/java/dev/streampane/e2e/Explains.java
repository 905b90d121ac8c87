// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.local.server.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.TopicRecords;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code explain} of results-api says equal for windows of a run with kills in which the job went on under other settings; and it says
 * different when a document is falsified in Elasticsearch, or a result in the log.
 */
final class Explains {

    private static final String JOB = Feed.READINGS.job();
    private static final String RESULTS = "window-results";
    private static final int FALSIFIED = 1000;

    /** As many as results-api explains at once. */
    private static final int CLIENTS = 2;

    /** Windows of a kind that are explained, spread over all of them. */
    private static final int OF_EACH = 30;

    private final Up up;

    Explains(LoadedStack stack) {
        this.up = stack.up();
    }

    /** Some of each specification, and of those that it has retracted. */
    void ofWindows(List<String> specs) throws Exception {
        Map<String, JsonNode> windows = awaitIndexed(up, specs);
        assertThat(explainAll(up, sample(windows))).containsKey("equal");
    }

    private static Map<String, JsonNode> sample(Map<String, JsonNode> windows) {
        Map<String, List<JsonNode>> kinds = new TreeMap<>();
        windows.values().forEach(row -> kinds.computeIfAbsent(
                        row.path("spec").asText() + isRetracted(row), kind -> new ArrayList<>())
                .add(row));
        Map<String, JsonNode> sample = new TreeMap<>();
        for (List<JsonNode> all : kinds.values()) {
            for (int i = 0; i < all.size(); i += 1 + all.size() / OF_EACH) {
                sample.put(all.get(i).path("id").asText(), all.get(i));
            }
        }
        return sample;
    }

    private static boolean isRetracted(JsonNode row) {
        return row.path("status").asText().equals("RETRACTED");
    }

    /** Of the rule, as log and index have them. */
    Map<String, JsonNode> windows() {
        return awaitIndexed(up, List.of(LoadedStack.RULE.spec()));
    }

    void ofAFalsifiedDocument(Map<String, JsonNode> windows) throws Exception {
        checkThatAFalsifiedDocumentIsSeen(up, aWindow(windows, 0));
        checkThatTheCommandNames(aWindow(windows, 0));
    }

    void ofAFalsifiedLog(Map<String, JsonNode> windows) {
        checkThatAFalsifiedLogIsSeen(up, aWindow(windows, 1));
    }

    private void checkThatTheCommandNames(JsonNode falsified) {
        assertThatThrownBy(() -> up.command(
                        "explain",
                        JOB,
                        "--key",
                        falsified.path("key").asText(),
                        "--from",
                        falsified.at("/window/start").asText(),
                        "--to",
                        falsified.at("/window/end").asText()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "different " + falsified.path("id").asText() + ": document: differs from the log");
    }

    /** Waits until there are windows of each specification, and Elasticsearch has the newest revision of each; these by id. */
    private static Map<String, JsonNode> awaitIndexed(Up up, List<String> specs) {
        Map<String, JsonNode> last = new TreeMap<>();
        Rest results = new Rest(up.url(StackPort.RESULTS_API));
        await().untilAsserted(() -> {
            last.clear();
            TopicRecords.all(up.bootstrapServers(), RESULTS, "read_committed").stream()
                    .map(record -> Outcome.json(record.value()))
                    .filter(row -> row.path("job").asText().equals(JOB))
                    .filter(row -> specs.contains(row.path("spec").asText()))
                    .forEach(row -> last.merge(row.path("id").asText(), row, Explains::newer));
            assertThat(last.values())
                    .extracting(row -> row.path("spec").asText())
                    .containsAll(specs);
            Map<String, Integer> logged = new TreeMap<>();
            last.forEach((id, row) -> logged.put(id, row.path("rev").asInt()));
            Map<String, Integer> indexed = new TreeMap<>();
            results.pages("/api/v1/windows?job=" + JOB, 500).stream()
                    .filter(row -> specs.contains(row.path("spec").asText()))
                    .forEach(row ->
                            indexed.put(row.path("id").asText(), row.path("rev").asInt()));
            assertThat(indexed).isEqualTo(logged);
        });
        return last;
    }

    private static JsonNode newer(JsonNode one, JsonNode other) {
        return rank(one) > rank(other) ? one : other;
    }

    /** Complete, generation, revision; the version of its document, too. */
    static long rank(JsonNode row) {
        return (row.path("complete").asBoolean() ? 1L << 60 : 0)
                + (row.path("generation").asLong() << 32)
                + row.path("rev").asLong();
    }

    /** How many windows got each verdict; anything but retracted of those that are, and equal of the others, fails with the whole answer. */
    private Map<String, Integer> explainAll(Up up, Map<String, JsonNode> windows)
            throws InterruptedException, ExecutionException {
        long started = System.nanoTime();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        Map<String, Integer> verdicts = new TreeMap<>();
        long records = 0;
        try {
            Map<String, Future<JsonNode>> answers = new TreeMap<>();
            windows.forEach((id, row) -> answers.put(id, clients.submit(() -> explain(up, id))));
            for (Map.Entry<String, Future<JsonNode>> asked : answers.entrySet()) {
                JsonNode answer = asked.getValue().get();
                String verdict = answer.path("verdict").asText();
                assertThat(verdict)
                        .as("%s", answer)
                        .isEqualTo(isRetracted(windows.get(asked.getKey())) ? "retracted" : "equal");
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
        return new Rest(up.url(StackPort.RESULTS_API)).get("/api/v1/windows/" + Rest.encoded(id) + "/explain");
    }

    private static JsonNode aWindow(Map<String, JsonNode> windows, int number) {
        return windows.values().stream()
                .filter(row -> !row.path("status").asText().equals("RETRACTED"))
                .filter(row -> row.path("rev").asInt() < FALSIFIED)
                .skip(number)
                .findFirst()
                .orElseThrow();
    }

    private void checkThatAFalsifiedDocumentIsSeen(Up up, JsonNode window) throws IOException {
        URI elasticsearch = up.url(StackPort.ELASTICSEARCH);
        String id = window.path("id").asText();
        Http.post(
                elasticsearch.resolve(
                        "/window-results-%s-2026.01/_update/%s?refresh=true".formatted(JOB, Rest.encoded(id))),
                "{\"doc\":{\"values\":{\"max_temp\":99.5}}}");

        JsonNode answer = explain(up, id);

        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("different");
        assertThat(answer.at("/findings/0").asText()).isEqualTo("document: differs from the log");
        assertThat(answer.path("differences")).hasSize(1);
        assertThat(answer.at("/differences/0/field").asText()).isEqualTo("values.max_temp");
        assertThat(answer.at("/differences/0/document").decimalValue()).isEqualByComparingTo("99.5");
        assertThat(answer.at("/differences/0/recomputed").decimalValue())
                .isEqualByComparingTo(window.at("/values/max_temp").decimalValue());
        System.out.println("a falsified document: " + answer);
    }

    private void checkThatAFalsifiedLogIsSeen(Up up, JsonNode window) {
        JsonNode before = explain(up, window.path("id").asText());
        assertThat(before.path("verdict").asText()).as("%s", before).isEqualTo("equal");
        ObjectNode falsified = window.deepCopy();
        int rev = window.path("rev").asInt() + 1;
        falsified.put("rev", rev).put("status", "REVISED").put("cause", "late-record");
        falsified.put("count", window.path("count").asLong() + 1);
        up.append(RESULTS, falsified.path("key").asText(), falsified.toString());
        String id = window.path("id").asText();
        Rest results = new Rest(up.url(StackPort.RESULTS_API));
        await().untilAsserted(() -> {
            JsonNode indexed = explain(up, id);
            assertThat(indexed.path("findings")).as("%s", indexed).hasSize(1);
        });

        JsonNode answer = explain(up, id);

        assertThat(results.get("/api/v1/windows/" + Rest.encoded(id))
                        .path("rev")
                        .asInt())
                .isEqualTo(rev);
        assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("different");
        assertThat(answer.at("/findings/0").asText()).isEqualTo("log: differs from the inputs");
        assertThat(answer.path("differences")).hasSize(1);
        assertThat(answer.at("/differences/0/field").asText()).isEqualTo("count");
        assertThat(answer.at("/differences/0/recomputed").asLong())
                .isEqualTo(window.path("count").asLong());
        System.out.println("a falsified log: " + answer);
    }
}
