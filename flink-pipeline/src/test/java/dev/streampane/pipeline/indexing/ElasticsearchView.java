// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.indexing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Elasticsearch as its readers see it. */
record ElasticsearchView(URI url, HttpClient client) {

    private static final ObjectMapper JSON = new ObjectMapper();

    ElasticsearchView(URI url) {
        this(url, HttpClient.newHttpClient());
    }

    /** The same as this view reads it: decimals as doubles. */
    static JsonNode json(JsonNode written) {
        try {
            return JSON.readTree(written.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code curl} gets; the error's body when it is refused. */
    JsonNode get(String path) {
        return send("GET", path, "");
    }

    JsonNode send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return JSON.readTree(
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Puts what a test needs. */
    void put(String path, String body) {
        JsonNode answer = send("PUT", path, body);
        if (answer.has("error")) {
            throw new IllegalStateException(path + ": " + answer);
        }
    }

    /** How many documents a search finds now. */
    long count(String indexOrAlias, String query) {
        return get('/' + indexOrAlias + "/_count?ignore_unavailable=true&q=" + query)
                .path("count")
                .asLong();
    }

    /** The document, searchable or not; missing when there is none. */
    JsonNode document(String index, String id) {
        return get('/' + index + "/_doc/" + id);
    }

    /** The position of a partition; -1 when none is published. */
    long position(String topicId, int partition) {
        return document("window-positions", "position~" + topicId + '~' + partition)
                .at("/_source/offset")
                .asLong(-1);
    }
}
