// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Asks one server over HTTP for JSON. */
final class Rest {

    private static final Comparator<JsonNode> NUMBERS_BY_VALUE = (one, other) -> one.isNumber() && other.isNumber()
            ? one.decimalValue().compareTo(other.decimalValue())
            : one.equals(other) ? 0 : 1;

    /** Longer than any answer may take: an explanation ends after 90 s. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI server;

    Rest(URI server) {
        this.server = server;
    }

    JsonNode get(String path) {
        try {
            HttpResponse<byte[]> response = client.send(
                    HttpRequest.newBuilder(server.resolve(path))
                            .timeout(PATIENCE)
                            .build(),
                    BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new AssertionError(path
                        + " answers "
                        + response.statusCode()
                        + " "
                        + new String(response.body(), StandardCharsets.UTF_8));
            }
            return Outcome.json(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The items of an answer. */
    Stream<JsonNode> items(String path) {
        return get(path).path("items").valueStream();
    }

    /** All items of a paged answer, page by page. */
    List<JsonNode> pages(String path, int limit) {
        List<JsonNode> items = new ArrayList<>();
        JsonNode page = get(path + "&limit=" + limit);
        page.path("items").forEach(items::add);
        while (page.path("next").isTextual()) {
            page = get(path + "&limit=" + limit + "&after="
                    + encoded(page.path("next").asText()));
            page.path("items").forEach(items::add);
        }
        return items;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Whether two JSON values are the same; 19.38 and 19.380000 are. */
    static boolean same(JsonNode one, JsonNode other) {
        return one.equals(NUMBERS_BY_VALUE, other);
    }
}
