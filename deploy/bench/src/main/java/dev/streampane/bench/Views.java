// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.Http;
import dev.streampane.local.server.LocalElasticsearch;
import dev.streampane.local.server.LocalService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** When results can be found in Elasticsearch, and when they come to a client of results-api. */
final class Views implements AutoCloseable {

    private static final Duration SEARCH_AGAIN = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * The windows that count.
     *
     * @param first the end of the one before them, milliseconds since the epoch
     * @param last the end of the last one
     * @param length in milliseconds
     * @param after time from an end until its results are due
     * @param keys results of each
     */
    record Windows(long first, long last, long length, long after, int keys) {

        boolean contain(long end) {
            return end > first && end <= last;
        }

        /** How many results they have. */
        long results() {
            return (last - first) / length * keys;
        }

        /** Refuses to tell of those that came where others did not. */
        void requireAll(String stage, long came) throws IOException {
            if (came < results()) {
                throw new IOException("%s: %,d of %,d results came in time".formatted(stage, came, results()));
            }
        }
    }

    private final LocalElasticsearch elasticsearch;
    private final LocalService results;
    private FutureTask<Histogram> searched;
    private FutureTask<Histogram> streamed;
    private volatile boolean over;

    /** The views of a topic, ready, with index-results on the cluster of the job that writes it. */
    Views(Workspace workspace, LocalElasticsearch elasticsearch, FlinkJob.Cluster cluster, String topic, int generation)
            throws IOException {
        this.elasticsearch = elasticsearch;
        cluster.rest()
                .run(
                        cluster.rest().upload(Checkout.jobJar()),
                        FlinkRest.MAIN,
                        List.of(
                                "index-results",
                                "--bootstrap-servers=" + workspace.servers(),
                                "--elasticsearch-url=" + elasticsearch.url(),
                                "--input-topic=" + topic,
                                "--generation=" + generation),
                        Optional.empty());
        results = new Service().at(Service.RESULTS, workspace, elasticsearch.url(), Map.of("RESULTS_TOPIC", topic));
        results.restart();
    }

    /** From now on looks. */
    void watch(Windows windows) {
        searched = begun("search", () -> search(windows));
        streamed = begun("stream", () -> stream(windows));
    }

    private static FutureTask<Histogram> begun(String name, Callable<Histogram> work) {
        var task = new FutureTask<>(work);
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** How long after its results are due each could be found by a search. */
    Histogram searched() throws ExecutionException, InterruptedException {
        return searched.get();
    }

    /** How long after its results are due the first byte of each came to a client; to be called when all windows are over. */
    Histogram streamed() throws ExecutionException, InterruptedException {
        over = true;
        results.close(); // which ends the stream
        return streamed.get();
    }

    /** Asks again and again how many there are of each window, until all are there. */
    private Histogram search(Windows windows) throws IOException, InterruptedException {
        var millis = new Histogram(3);
        URI search = elasticsearch.url().resolve("/window-results-*/_search?size=0");
        String query = """
                {"query":{"range":{"window.end":{"gt":%d,"lte":%d,"format":"epoch_millis"}}},\
                "aggs":{"ends":{"terms":{"field":"window.end","size":10000}}}}""".formatted(windows.first(), windows.last());
        long deadline = windows.last() + windows.after() + PATIENCE.toMillis();
        var found = new HashMap<Long, Long>();
        TimeUnit.MILLISECONDS.sleep(
                Math.max(0, windows.first() + windows.length() + windows.after() - System.currentTimeMillis()));
        for (long now = 0; millis.getTotalCount() < windows.results() && now < deadline; ) {
            JsonNode ends = Http.post(search, query).at("/aggregations/ends/buckets");
            now = System.currentTimeMillis();
            for (JsonNode end : ends) {
                long all = end.path("doc_count").asLong();
                Long before = found.put(end.path("key").asLong(), all);
                long more = all - (before == null ? 0 : before);
                if (more > 0) {
                    millis.recordValueWithCount(now - end.path("key").asLong() - windows.after(), more);
                }
            }
            TimeUnit.MILLISECONDS.sleep(SEARCH_AGAIN.toMillis());
        }
        return millis;
    }

    /** An event as it came. */
    private record Event(long at, String data) {}

    private Histogram stream(Windows windows) throws IOException {
        URI url = results.url().resolve("/api/v1/stream?job=weather-average");
        var events = new ArrayList<Event>();
        try (var lines = new BufferedReader(new InputStreamReader(url.toURL().openStream(), StandardCharsets.UTF_8))) {
            long at = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("event: window")) {
                    at = System.currentTimeMillis();
                } else if (at > 0 && line.startsWith("data: ")) {
                    events.add(new Event(at, line.substring("data: ".length())));
                    at = 0;
                }
            }
        } catch (IOException e) {
            if (!over) {
                throw e;
            }
        }
        var millis = new Histogram(3);
        for (Event event : events) {
            JsonNode result = Http.JSON.readTree(event.data());
            long end = Instant.parse(result.at("/window/end").asText()).toEpochMilli();
            if (windows.contain(end) && result.path("rev").asInt() == 1) {
                millis.recordValue(event.at() - end - windows.after());
            }
        }
        return millis;
    }

    @Override
    public void close() {
        results.close();
    }
}
