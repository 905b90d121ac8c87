// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of server-sent events, as {@link EventParser} reads them. */
public final class EventStream implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final HttpResponse<InputStream> response;
    private final List<EventParser.Event> events = new CopyOnWriteArrayList<>();
    private volatile List<String> comments = List.of();
    private volatile String lastEventId = "";
    private volatile String retry = "";
    private volatile boolean broken;
    private volatile boolean ended;
    private volatile long endedAt;

    /** Reads what a client of its own has opened. */
    public EventStream(HttpResponse<InputStream> response) {
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

    public List<EventParser.Event> events() {
        return List.copyOf(events);
    }

    /** The events among them that carry something of the log. */
    public List<EventParser.Event> results() {
        return events.stream()
                .filter(event -> Set.of("window", "alert", "word").contains(event.name()))
                .toList();
    }

    public List<String> data(String name) {
        return events.stream()
                .filter(e -> e.name().equals(name))
                .map(EventParser.Event::data)
                .toList();
    }

    public List<String> comments() {
        return comments;
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
        EventParser parser = new EventParser();
        try (InputStream in = new BufferedInputStream(response.body())) {
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (parser.take(next)) {
                    lastEventId = parser.lastEventId().orElseThrow();
                    retry = parser.retry();
                    parser.event().ifPresent(events::add);
                }
                if (parser.comments().size() > comments.size()) {
                    comments = List.copyOf(parser.comments());
                }
            }
        } catch (IOException e) {
            broken = true;
        }
        endedAt = System.nanoTime();
        ended = true;
    }
}
