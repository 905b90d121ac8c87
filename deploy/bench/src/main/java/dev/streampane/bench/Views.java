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

/** Measures when results can be found in Elasticsearch, and when they come to a client of results-api. */
final class Views implements AutoCloseable {

    private static final Duration SEARCH_AGAIN = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * The windows that count.
     *
     * @param first end of the window before the first one, in ms since the epoch
     * @param last end of the last window, in ms since the epoch
     * @param length length of a window, in ms
     * @param after time from the end of a window until its results are due, in ms
     * @param keys number of keys, each of which has a result per window
     */
    record Windows(long first, long last, long length, long after, int keys) {

        boolean contain(long end) {
            return end > first && end <= last;
        }

        /** Number of results of these windows. */
        long results() {
            return (last - first) / length * keys;
        }

        /** Until when results are waited for, in ms since the epoch. */
        long deadline() {
            return last + after + PATIENCE.toMillis();
        }

        /** Throws an exception if fewer results came than there are, as the figures would leave out the slowest ones. */
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

    /** Starts the views of a topic: index-results, on the cluster of the job that writes the topic, and results-api. */
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
                        Optional.empty(),
                        true,
                        FlinkRest.newJobId());
        results = new Service().at(Service.RESULTS, workspace, elasticsearch.url(), Map.of("RESULTS_TOPIC", topic));
        results.restart();
    }

    /** Starts to search in Elasticsearch and to read the stream of results-api. */
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

    /** Times from when a result is due until a search finds it, in ms; waits until all are found or the time is up. */
    Histogram searched() throws ExecutionException, InterruptedException {
        return searched.get();
    }

    /** Times from when a result is due until its first byte comes to a client, in ms. Ends results-api, so all windows must be over. */
    Histogram streamed() throws ExecutionException, InterruptedException {
        over = true;
        results.close(); // which ends the stream
        return streamed.get();
    }

    /** Polls the number of results per window until all are found, at most 60 s after the last ones are due. */
    private Histogram search(Windows windows) throws IOException, InterruptedException {
        var millis = new Histogram(3);
        URI search = elasticsearch.url().resolve("/window-results-*/_search?size=0");
        String query = """
                {"query":{"range":{"window.end":{"gt":%d,"lte":%d,"format":"epoch_millis"}}},\
                "aggs":{"ends":{"terms":{"field":"window.end","size":10000}}}}""".formatted(windows.first(), windows.last());
        var found = new HashMap<Long, Long>();
        TimeUnit.MILLISECONDS.sleep(
                Math.max(0, windows.first() + windows.length() + windows.after() - System.currentTimeMillis()));
        for (long now = 0; millis.getTotalCount() < windows.results() && now < windows.deadline(); ) {
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

    /** An event, and when it came, in ms since the epoch. */
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
