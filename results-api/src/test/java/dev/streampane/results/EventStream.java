// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of server-sent events that follows the WHATWG rules for lines, fields and ids. */
public final class EventStream implements AutoCloseable {

    /** One dispatched event; {@code id} is the last event id at that time. */
    public record Event(String id, String name, String data) {}

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final HttpResponse<InputStream> response;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<String> comments = new CopyOnWriteArrayList<>();
    private volatile String lastEventId = "";
    private volatile String retry = "";
    private volatile boolean broken;
    private volatile boolean ended;
    private volatile long endedAt;

    private EventStream(HttpResponse<InputStream> response) {
        this.response = response;
        Thread reader = new Thread(this::read, "event-stream");
        reader.setDaemon(true);
        if (response.statusCode() == 200) {
            reader.start();
        } else {
            ended = true; // a problem is no stream
        }
    }

    /** Opens {@code uri}; {@code lastEventId} null to begin now. */
    public static EventStream open(URI uri, String lastEventId) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(ANSWER).header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        try {
            return new EventStream(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
        } catch (HttpTimeoutException e) {
            throw new AssertionError("no response headers within " + ANSWER + ": " + uri, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while response headers of " + uri + " were awaited", e);
        }
    }

    public HttpResponse<InputStream> response() {
        return response;
    }

    public List<Event> events() {
        return List.copyOf(events);
    }

    /** The events among them that carry something of the log. */
    public List<Event> results() {
        return events.stream()
                .filter(event -> Set.of("window", "alert", "word").contains(event.name()))
                .toList();
    }

    public List<String> data(String name) {
        return events.stream()
                .filter(e -> e.name().equals(name))
                .map(Event::data)
                .toList();
    }

    public List<String> comments() {
        return List.copyOf(comments);
    }

    public String lastEventId() {
        return lastEventId;
    }

    public String retry() {
        return retry;
    }

    /** Whether there is no more, for whatever reason. */
    public boolean ended() {
        return ended;
    }

    /** When it ended, by {@link System#nanoTime}. */
    public long endedAt() {
        return endedAt;
    }

    /** Whether the connection broke before the response was complete. */
    public boolean broken() {
        return broken;
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        String name = "";
        String idBuffer = "";
        StringBuilder data = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    lastEventId = idBuffer;
                    if (data.length() > 0) {
                        events.add(new Event(
                                lastEventId, name.isEmpty() ? "message" : name, data.substring(0, data.length() - 1)));
                    }
                    name = "";
                    data.setLength(0);
                } else if (line.startsWith(":")) {
                    comments.add(line);
                } else {
                    String field = line.contains(":") ? line.substring(0, line.indexOf(':')) : line;
                    String value = line.contains(":") ? line.substring(line.indexOf(':') + 1) : "";
                    value = value.startsWith(" ") ? value.substring(1) : value;
                    switch (field) {
                        case "id" -> idBuffer = value;
                        case "event" -> name = value;
                        case "data" -> data.append(value).append('\n');
                        case "retry" -> retry = value;
                        default -> throw new AssertionError("unknown field: " + line);
                    }
                }
            }
        } catch (IOException e) {
            broken = true;
        }
        endedAt = System.nanoTime();
        ended = true;
    }
}
