// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A client of {@code /api/v1/stream} that keeps every event. */
final class LiveStream implements AutoCloseable {

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Stream<String> lines;

    /** One event as it came. */
    record Event(String id, String name, String data) {}

    private LiveStream(HttpResponse<Stream<String>> response) {
        if (response.statusCode() != 200) {
            throw new AssertionError("the stream answers " + response.statusCode());
        }
        lines = response.body();
        Thread reader = new Thread(this::read, "live");
        reader.setDaemon(true);
        reader.start();
    }

    static LiveStream open(URI resultsApi) throws Exception {
        return open(resultsApi, "");
    }

    /** The same of what is asked for. */
    static LiveStream open(URI resultsApi, String query) throws Exception {
        return new LiveStream(HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(resultsApi.resolve("/api/v1/stream" + query))
                                .header("Accept", "text/event-stream")
                                .build(),
                        BodyHandlers.ofLines()));
    }

    private void read() {
        Map<String, String> fields = new TreeMap<>();
        try {
            lines.forEach(line -> {
                if (line.isEmpty()) {
                    if (fields.containsKey("data")) {
                        events.add(new Event(fields.get("id"), fields.get("event"), fields.get("data")));
                    }
                    fields.clear();
                } else if (!line.startsWith(":")) {
                    int colon = line.indexOf(':');
                    fields.put(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                }
            });
        } catch (java.io.UncheckedIOException closed) {
            events.add(new Event(null, "closed", closed.getMessage()));
        }
    }

    List<Event> events() {
        return List.copyOf(events);
    }

    /** The results that came, by id, in the order in which they came. */
    Map<String, List<JsonNode>> windows() {
        Map<String, List<JsonNode>> windows = new TreeMap<>();
        for (Event event : events) {
            if ("window".equals(event.name())) {
                JsonNode result = Outcome.json(event.data().getBytes(StandardCharsets.UTF_8));
                windows.computeIfAbsent(result.path("id").asText(), id -> new ArrayList<>())
                        .add(result);
            }
        }
        return windows;
    }

    @Override
    public void close() {
        lines.close();
    }
}
