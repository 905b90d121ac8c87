// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** JSON over HTTP with the servers of the stack. Thread-safe. */
public final class Http {

    public static final ObjectMapper JSON = new ObjectMapper();

    /** Default timeout of a request, until the end of its answer. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    static final HttpClient CLIENT = client().build();

    private Http() {}

    /** A server has answered with a status other than 2xx. */
    public static final class StatusException extends IOException {
        private final int status;
        private final String body;

        StatusException(HttpRequest request, int status, String body) {
            super(request.method() + " " + request.uri() + ": " + status + " " + body);
            this.status = status;
            this.body = body;
        }

        /** The HTTP status. */
        public int status() {
            return status;
        }

        /** The {@code detail} of an answer of RFC 9457; for other answers the message of this exception. */
        public String problem() {
            try {
                return JSON.readTree(body).path("detail").asText(getMessage());
            } catch (JsonProcessingException e) {
                return getMessage();
            }
        }
    }

    public static JsonNode get(URI uri) throws IOException {
        return send(HttpRequest.newBuilder(uri).GET(), PATIENCE);
    }

    public static JsonNode post(URI uri, String json) throws IOException {
        return send(withBody("POST", uri, json), PATIENCE);
    }

    static HttpRequest.Builder withBody(String method, URI uri, String json) {
        return HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(json));
    }

    static HttpClient.Builder client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
    }

    /**
     * Reads a key or a token from a file that holds it on one line.
     *
     * @throws IOException when the file is not one such line; the message does not show its content
     */
    public static String key(Path file) throws IOException {
        String line = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (!line.matches("[!-~]{1,16384}")) { // the longest token that a header may hold
            throw new IOException("no key in it");
        }
        return line;
    }

    /**
     * Sends a request and waits for the answer.
     *
     * @return the body; a missing node when it is empty
     * @throws StatusException for any status but 2xx
     * @throws IOException also when there is no answer within {@code patience}, or when the body is no JSON
     */
    public static JsonNode send(HttpRequest.Builder builder, Duration patience) throws IOException {
        return JSON.readTree(text(CLIENT, builder, patience));
    }

    /** The same, but returns the body as text. */
    static String text(HttpClient client, HttpRequest.Builder builder, Duration patience) throws IOException {
        HttpRequest request = builder.build();
        HttpResponse<String> response = answer(client, request, patience);
        if (response.statusCode() / 100 != 2) {
            throw new StatusException(request, response.statusCode(), response.body());
        }
        return response.body();
    }

    /** Waits for the whole answer, where {@link HttpRequest.Builder#timeout} would wait only for its headers. */
    private static HttpResponse<String> answer(HttpClient client, HttpRequest request, Duration patience)
            throws IOException {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("request timed out");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectException cause) { // its message does not name the address
                var named =
                        new ConnectException("no connection to " + request.uri().getAuthority());
                named.initCause(cause);
                throw named;
            }
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + request.uri(), e);
        } finally {
            answer.cancel(true);
        }
    }
}
