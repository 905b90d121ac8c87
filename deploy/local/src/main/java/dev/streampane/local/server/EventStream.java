// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A client of server-sent events. A connection that is lost or silent is made again, and goes on after the last event that came whole. */
public final class EventStream {

    /** What {@link Handler#lost} gets when the service has ended the connection, as it does with each after a while. */
    public static final String ENDED = "the stream has ended";

    /** Timeout of a connection; the service sends something every 15 s. */
    private static final Duration SILENCE = Duration.ofSeconds(40);

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final int TOO_MANY = 429;
    private static final String EVENTS = "text/event-stream";

    private final URI uri;
    private final Optional<String> key;
    private String position = "";
    private boolean opened;

    /** Receives the events, in the thread that calls {@link #follow}. */
    public interface Handler {
        /** A connection was made. */
        void connected();

        /**
         * An event came.
         *
         * @return whether more are wanted
         */
        boolean event(String name, String data);

        /**
         * The connection was lost, or could not be made.
         *
         * @return whether to try again
         */
        boolean lost(String why);
    }

    /**
     * @param key sent as a bearer token; empty: none
     */
    public EventStream(URI uri, Optional<String> key) {
        this.uri = uri;
        this.key = key;
    }

    /**
     * Reads events until the handler wants no more.
     *
     * @throws ServerException when the service refuses the request with a status 4xx other than 429, as it would again, or when the
     *     first answer is no event stream
     */
    public void follow(Handler handler) throws InterruptedException {
        while (true) {
            String why = ENDED;
            try (var lines =
                    new BufferedReader(new InputStreamReader(open().getInputStream(), StandardCharsets.UTF_8))) {
                handler.connected();
                if (!read(lines, handler)) {
                    return;
                }
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
            }
            if (!handler.lost(why)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
        }
    }

    private HttpURLConnection open() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout((int) SILENCE.toMillis());
        connection.setReadTimeout((int) SILENCE.toMillis());
        connection.setInstanceFollowRedirects(false); // the key must not go to another host
        connection.setRequestProperty("Accept", EVENTS);
        connection.setRequestProperty("Last-Event-ID", position);
        key.ifPresent(text -> connection.setRequestProperty("Authorization", "Bearer " + text));
        int status = connection.getResponseCode();
        if (status < 0) {
            throw new IOException("not an HTTP response");
        }
        if (status / 100 == 4 && status != TOO_MANY) {
            throw new ServerException(uri + " answers " + status + problem(connection));
        }
        String type = String.valueOf(connection.getContentType());
        if (status / 100 == 3) {
            refuse(status, "Location " + connection.getHeaderField("Location"));
        } else if (status / 100 < 3 && !type.startsWith(EVENTS)) {
            refuse(status, "Content-Type " + type);
        }
        opened = true;
        return connection;
    }

    /**
     * Throws a {@link ServerException}; where there has been a stream before, an {@link IOException}, after which {@link #follow} tries
     * again, because another server then answers for a while.
     */
    private void refuse(int status, String header) throws IOException {
        String what = "%s answers %d with %s, which is no event stream".formatted(uri, status, header);
        if (opened) {
            throw new IOException(what);
        }
        throw new ServerException(what);
    }

    /** The {@code detail} of a refusal, to be appended to a message; only answers of results-api have one. */
    private static String problem(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getErrorStream()) {
            byte[] text = body == null ? new byte[0] : body.readAllBytes();
            return ": " + Http.JSON.readTree(text).required("detail").asText();
        } catch (JsonProcessingException | IllegalArgumentException ofAnother) {
            return ", which is no answer of results-api";
        }
    }

    /** Reads until the end of the connection; false when no more is wanted. */
    private boolean read(BufferedReader lines, Handler handler) throws IOException {
        String name = "";
        String data = "";
        String id = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty() && !handler.event(name, data)) {
                    return false;
                }
                position = name.equals("reset") ? "" : id.isEmpty() ? position : id;
                name = data = id = "";
                continue;
            }
            int colon = line.indexOf(": ");
            String value = line.substring(colon + 2);
            switch (line.substring(0, Math.max(colon, 0))) {
                case "event" -> name = value;
                case "data" -> data = value;
                case "id" -> id = value;
                default -> {} // a comment, or retry
            }
        }
        return true;
    }
}
