// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.control.StackPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is said of a stack of which nothing is wrong and everything has settled: all of it, exactly, without reservation. */
final class SoundAnswers {

    private static final int EXPLAINED = 100;

    /** Half of the explanations take no longer on two quiet cores; asked anew if they do. */
    private static final Duration EXPLAINS_WITHIN = Duration.ofMillis(100);

    private final LoadedStack stack;
    private final URI url;
    private final Rest results;

    SoundAnswers(LoadedStack stack) {
        this.stack = stack;
        this.url = stack.up().url(StackPort.RESULTS_API);
        this.results = new Rest(url);
    }

    /** One after another, as one reader asks. */
    void explain(List<String> ids) {
        assertThat(ids).hasSizeGreaterThanOrEqualTo(EXPLAINED);
        Duration bound = stack.scaled(EXPLAINS_WITHIN);
        assertThat(Best.of(bound, () -> medianOfExplaining(ids))).isLessThanOrEqualTo(bound);
    }

    private Duration medianOfExplaining(List<String> ids) {
        List<Duration> took = new ArrayList<>();
        for (int n = 0; n < EXPLAINED; n++) {
            String id = ids.get((int) ((long) n * ids.size() / EXPLAINED));
            long began = System.nanoTime();
            JsonNode answer = results.get("/api/v1/windows/" + Rest.encoded(id) + "/explain");
            took.add(Duration.ofNanos(System.nanoTime() - began));
            assertThat(answer.path("verdict").asText()).as("%s", answer).isEqualTo("equal");
            assertThat(answer.path("findings")).as("%s", answer).isEmpty();
        }
        took.sort(null);
        Duration median = took.get(EXPLAINED / 2 - 1);
        System.out.printf(
                "%d of %d explained windows are equal: p50 %d ms, p90 %d ms%n",
                EXPLAINED,
                EXPLAINED,
                median.toMillis(),
                took.get(EXPLAINED * 9 / 10 - 1).toMillis());
        return median;
    }

    /** Over all windows of a job. */
    void rollUp(Feed feed, Map<String, JsonNode> published) {
        String metric = feed.measures().get(0).sum();
        JsonNode answer =
                results.get("/api/v1/windows/aggregate?interval=1h&fn=avg&job=" + feed.job() + "&metric=" + metric);

        assertThat(answer.path("exact").asBoolean()).as("%s", answer).isTrue();
        assertThat(answer.path("truncated").asBoolean()).as("%s", answer).isFalse();
        assertThat(answer.path("items")).as("%s", answer).isNotEmpty().allMatch(bucket -> bucket.path("exact")
                .asBoolean());
        assertThat(sum(answer.path("items"), "windows")).isEqualTo(published.size());
        assertThat(sum(answer.path("items"), "count")).isEqualTo(sum(published.values(), "count"));
    }

    private static long sum(Iterable<JsonNode> all, String field) {
        long sum = 0;
        for (JsonNode one : all) {
            sum += one.path(field).asLong();
        }
        return sum;
    }

    /** All windows of a job, in lines. */
    void export(Feed feed, Map<String, JsonNode> published) throws IOException, InterruptedException {
        List<JsonNode> lines = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(url.resolve("/api/v1/windows?job=" + feed.job()))
                                .header("Accept", "application/x-ndjson")
                                .build(),
                        BodyHandlers.ofLines())
                .body()
                .map(line -> Outcome.json(line.getBytes(StandardCharsets.UTF_8)))
                .toList();

        JsonNode last = lines.get(lines.size() - 1);
        assertThat(last.path("truncated").asText()).as("%s", last).isEqualTo("false");
        assertThat(last.path("next").isNull()).as("%s", last).isTrue();
        assertThat(lines.subList(0, lines.size() - 1))
                .extracting(line -> line.path("id").asText())
                .containsExactlyInAnyOrderElementsOf(published.keySet());
    }
}
