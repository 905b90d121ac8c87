// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Copies the log to Elasticsearch as index-results does, with the documents of its positions, and behind the log by a random number of
 * records. One thread of its own; what others ask for is done by it.
 */
final class IndexJob implements AutoCloseable {

    private record Place(String topic, String topicId, int partition) {}

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI elasticsearch;
    private final Committed committed;
    private final Random random;
    private final Deque<Committed.Found> pending = new ArrayDeque<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private ScheduledFuture<?> turns;

    IndexJob(Committed committed, URI elasticsearch, long seed) {
        this.committed = committed;
        this.elasticsearch = elasticsearch;
        this.random = new Random(seed);
    }

    /** Begins to read and to index. */
    IndexJob begin() {
        call(() -> {
            committed.begin();
            return null;
        });
        turns = thread.scheduleWithFixedDelay(this::turn, 0, 10, TimeUnit.MILLISECONDS);
        return this;
    }

    /** Reads and indexes everything that is committed by now; returns all of it. */
    List<Committed.Found> settle() {
        return call(() -> {
            if (turns.isDone()) {
                turns.get(); // says why they ended
            }
            while (!committed.reached()) {
                pending.addAll(committed.poll());
            }
            index(pending.size());
            return List.copyOf(committed.all());
        });
    }

    /** The id of a topic's present life. */
    String topicId(String topic) {
        return call(() -> committed.topicId(topic));
    }

    /** Goes on with a topic that {@code anew} makes anew; no turn reads it meanwhile. */
    void makeAnew(String topic, Callable<?> anew) {
        call(() -> {
            anew.call();
            committed.beginAnew(topic);
            return null;
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void turn() {
        pending.addAll(committed.poll());
        if (random.nextInt(4) == 0) {
            index(random.nextInt(pending.size() + 1));
        }
    }

    private void index(int records) throws AssertionError {
        if (records == 0) {
            return;
        }
        StringBuilder bulk = new StringBuilder();
        Map<Place, Long> positions = new HashMap<>();
        for (int n = 0; n < records; n++) {
            Committed.Found found = pending.removeFirst();
            if (!found.topic().equals("word-counts")) {
                document(bulk, found);
                positions.put(new Place(found.topic(), found.topicId(), found.partition()), found.offset() + 1);
            }
        }
        send(bulk);
        StringBuilder documents = new StringBuilder();
        positions.forEach((place, position) -> put(
                documents,
                "window-positions",
                "position~" + place.topicId() + "~" + place.partition(),
                position,
                "{\"topic\":\"%s\",\"epoch\":\"%s\",\"partition\":%d,\"offset\":%d}"
                        .formatted(place.topic(), place.topicId(), place.partition(), position)));
        send(documents);
    }

    private static void document(StringBuilder bulk, Committed.Found found) {
        Row row = found.row();
        ObjectNode document = (ObjectNode) Row.read(row.json());
        document.set("@timestamp", row.isWindow() ? document.get("window").get("end") : document.get("end"));
        document.putObject("log")
                .put("epoch", found.topicId())
                .put("partition", found.partition())
                .put("offset", found.offset())
                .put("appended", found.appended());
        String month = row.start().substring(0, 7).replace('-', '.');
        if (!row.isWindow()) {
            put(bulk, "alerts-" + month, row.id(), row.version() + 1, document.toString());
            return;
        }
        document.set("client", document.get("key"));
        String index = row.job() + "-" + month;
        put(bulk, "window-results-" + index, row.id(), row.version(), document.toString());
        put(
                bulk,
                "window-history-" + index,
                row.id() + "~" + document.get("generation") + "~" + document.get("rev"),
                row.version(),
                document.toString());
    }

    private static void put(StringBuilder bulk, String index, String id, long version, String document) {
        bulk.append("{\"index\":{\"_index\":\"%s\",\"_id\":\"%s\",\"version\":%d,\"version_type\":\"external_gte\"}}\n"
                        .formatted(index, id, version))
                .append(document)
                .append('\n');
    }

    private void send(StringBuilder bulk) {
        if (bulk.isEmpty()) {
            return;
        }
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(elasticsearch.resolve("/_bulk"))
                            .header("Content-Type", "application/x-ndjson")
                            .POST(HttpRequest.BodyPublishers.ofString(bulk.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            List<String> refused = new ArrayList<>();
            for (JsonNode item : Row.read(answer.body()).path("items")) {
                int status = item.path("index").path("status").asInt();
                if (status != 409 && status >= 300) {
                    refused.add(item.toString());
                }
            }
            if (answer.statusCode() != 200 || !refused.isEmpty()) {
                throw new AssertionError("not indexed: " + answer.statusCode() + " " + refused);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> T call(Callable<T> task) {
        try {
            return thread.submit(task).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
