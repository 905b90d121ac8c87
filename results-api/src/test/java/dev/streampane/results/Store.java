// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import dev.streampane.results.log.TopicPosition;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;

/** Puts documents into Elasticsearch, as the index job does. */
public final class Store {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final URI url;
    private final String log;

    public Store(URI url) {
        this(url, "{\"epoch\":\"e\",\"partition\":0,\"offset\":7,\"appended\":1795154461000}");
    }

    private Store(URI url, String log) {
        this.url = url;
        this.log = log;
    }

    /** The same store, for documents from another place in the log. */
    public Store at(String topicId, int partition, long offset, Instant appended) {
        return new Store(
                url,
                "{\"epoch\":\"%s\",\"partition\":%d,\"offset\":%d,\"appended\":%d}"
                        .formatted(topicId, partition, offset, appended.toEpochMilli()));
    }

    /** The same store, for documents that were written before there was {@code log.appended}. */
    public Store before(String topicId, int partition, long offset) {
        return new Store(
                url, "{\"epoch\":\"%s\",\"partition\":%d,\"offset\":%d}".formatted(topicId, partition, offset));
    }

    /** The newest revision of a window: its result and what the index adds. */
    public Store result(String job, String month, String id, String result) {
        return put("window-results-%s-%s".formatted(job, month), id, document(result));
    }

    /** One revision of a window. */
    public Store revision(String job, String month, String id, int generation, int rev, String result) {
        return put("window-history-%s-%s".formatted(job, month), id + "~" + generation + "~" + rev, document(result));
    }

    /** An alert, and what the index adds. */
    public Store alert(String month, String id, String alert) {
        return put("alerts-" + month, id, document(alert).replace(",\"client\":\"legacy\"", ""));
    }

    /** Says that all below a place of the log is in Elasticsearch, as if index-results had written it. */
    public void acknowledge(TopicPosition place) {
        StringBuilder body = new StringBuilder();
        for (int partition = 0; partition < place.offsets().length; partition++) {
            body.append("{\"index\":{\"_index\":\"window-positions\",\"_id\":\"position~%s~%d\"}}\n"
                            .formatted(place.id(), partition))
                    .append("{\"topic\":\"%s\",\"epoch\":\"%s\",\"partition\":%d,\"offset\":%d}\n"
                            .formatted(place.name(), place.id(), partition, place.offsets()[partition]));
        }
        send("POST", "/_bulk", body.toString());
    }

    /** Makes everything that was put visible to searches. */
    public void refresh() {
        send("POST", "/_refresh", "");
    }

    /** Adds results, which begin with their ids, through the bulk API. */
    public void bulk(String index, List<String> results) {
        StringBuilder body = new StringBuilder();
        for (String result : results) {
            String id = result.substring(7, result.indexOf('"', 7));
            body.append("{\"index\":{\"_index\":\"%s\",\"_id\":\"%s\"}}\n".formatted(index, id));
            body.append(document(result)).append('\n');
        }
        send("POST", "/_bulk?refresh=true", body.toString());
    }

    /** Sends a request and returns the answer's body. */
    public String send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300 || answer.body().contains("\"errors\":true")) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Store put(String index, String id, String document) {
        String encoded = id.replace("%", "%25").replace("+", "%2B");
        send("PUT", "/" + index + "/_doc/" + encoded, document);
        return this;
    }

    private String document(String result) {
        return result.substring(0, result.lastIndexOf('}'))
                + ",\"@timestamp\":\"2026-11-20T06:01:00Z\",\"client\":\"legacy\","
                + "\"log\":"
                + log
                + "}";
    }
}
