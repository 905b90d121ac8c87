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

/** JSON over HTTP with the servers of the stack; safe for several threads. */
public final class Http {

    public static final ObjectMapper JSON = new ObjectMapper();

    /** How long an answer may take where nobody says otherwise. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    static final HttpClient CLIENT = client().build();

    private Http() {}

    /** What a server answered with another status than 2xx. */
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

        /** What an answer of RFC 9457 says in {@code detail}; of others the message. */
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
     * The key, or the token, that a file holds on one line.
     *
     * @throws IOException without its content when that is no such line
     */
    public static String key(Path file) throws IOException {
        String line = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (!line.matches("[!-~]{1,16384}")) { // as long as a token may be in a header
            throw new IOException("no key in it");
        }
        return line;
    }

    /**
     * Sends and waits for the answer.
     *
     * @return the body, missing when it is empty or no JSON
     * @throws StatusException for any status but 2xx
     * @throws IOException when there is no answer within {@code patience}, too
     */
    public static JsonNode send(HttpRequest.Builder builder, Duration patience) throws IOException {
        return JSON.readTree(text(CLIENT, builder, patience));
    }

    /** The same, of which the answer is returned as it is. */
    static String text(HttpClient client, HttpRequest.Builder builder, Duration patience) throws IOException {
        HttpRequest request = builder.build();
        HttpResponse<String> response = answer(client, request, patience);
        if (response.statusCode() / 100 != 2) {
            throw new StatusException(request, response.statusCode(), response.body());
        }
        return response.body();
    }

    /** With its body: {@link HttpRequest.Builder#timeout} ends with the headers. */
    private static HttpResponse<String> answer(HttpClient client, HttpRequest request, Duration patience)
            throws IOException {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("request timed out");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectException cause) { // which does not say why
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
