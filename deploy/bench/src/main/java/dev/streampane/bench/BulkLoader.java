// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends documents from memory to Elasticsearch, with several bulk requests at a time. */
final class BulkLoader {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI elasticsearch;
    private final List<byte[]> requests = new ArrayList<>();
    private long documents;

    /**
     * Reads the documents and makes the bulk requests.
     *
     * @param elasticsearch URL that the documents are read from and will be sent to
     * @param indices names of indices, separated by commas
     * @param size number of documents per bulk request
     */
    BulkLoader(URI elasticsearch, String indices, int size) throws IOException {
        this.elasticsearch = elasticsearch;
        post("/" + indices + "/_refresh", new byte[0]);
        JsonNode page = Json.EXACT.readTree(post(
                "/" + indices + "/_search?scroll=1m",
                ("{\"size\":" + size + ",\"version\":true,\"sort\":[\"_doc\"]}").getBytes(UTF_8)));
        while (!page.at("/hits/hits").isEmpty()) {
            requests.add(bulk(page.at("/hits/hits")));
            documents += page.at("/hits/hits").size();
            var next =
                    Map.of("scroll", "1m", "scroll_id", page.path("_scroll_id").asText());
            page = Json.EXACT.readTree(post("/_search/scroll", Json.EXACT.writeValueAsBytes(next)));
        }
    }

    long documents() {
        return documents;
    }

    private static byte[] bulk(JsonNode hits) throws IOException {
        var body = new ByteArrayOutputStream();
        for (JsonNode hit : hits) {
            var action = Map.of(
                    "_index", hit.path("_index"),
                    "_id", hit.path("_id"),
                    "version", hit.path("_version"),
                    "version_type", "external_gte");
            body.write(Json.EXACT.writeValueAsBytes(Map.of("index", action)));
            body.write('\n');
            body.write(Json.EXACT.writeValueAsBytes(hit.path("_source")));
            body.write('\n');
        }
        return body.toByteArray();
    }

    /** Sends all documents, with {@code clients} requests at a time; returns when all are accepted. */
    void load(int clients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            var next = new AtomicInteger();
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> {
                    for (int n = next.getAndIncrement(); n < requests.size(); n = next.getAndIncrement()) {
                        String answer = post("/_bulk?filter_path=errors", requests.get(n));
                        if (!answer.contains("\"errors\":false")) {
                            throw new IOException("not all documents were taken: " + answer);
                        }
                    }
                    return null;
                }));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private String post(String path, byte[] body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(elasticsearch.resolve(path))
                .timeout(PATIENCE)
                .header("Content-Type", path.startsWith("/_bulk") ? "application/x-ndjson" : "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        try {
            var answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + path, e);
        }
    }
}
