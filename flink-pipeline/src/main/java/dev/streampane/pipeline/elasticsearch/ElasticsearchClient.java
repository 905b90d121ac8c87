// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.streampane.pipeline.job.BadOptionException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.impl.nio.reactor.IOReactorConfig;
import org.apache.http.util.EntityUtils;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.RequestOptions;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.ResponseListener;
import org.elasticsearch.client.RestClient;
import org.elasticsearch.client.RestClientBuilder;

/**
 * Sends requests to Elasticsearch, each with the credentials that {@link ElasticsearchAccess} has at that time.
 *
 * <p>Thread-safe. The futures complete on the client's thread. A future of {@link #perform} completes exceptionally only when the client itself
 * has ended (it does not recover from an error in its reactor), so that another try is useless.
 */
final class ElasticsearchClient implements AutoCloseable {

    private static final int LONGEST_CAUSE = 500;
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int SOCKET_TIMEOUT_MS = 30_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RestClient client;
    private final ElasticsearchAccess access;

    /**
     * An answer to a request.
     *
     * @param status the HTTP status; 0 when there was no answer
     * @param body the JSON of the answer, or a text that says why there is none
     */
    record Answer(int status, JsonNode body) {

        /** Elasticsearch's type of the error; empty when there is none. */
        String errorType() {
            return body.path("error").path("type").asText();
        }

        /** The error in one line, for an operator. */
        String cause() {
            return body.isTextual()
                    ? oneLine(body.asText())
                    : cause(status, body) + ElasticsearchAccess.optionAtFault(status);
        }

        /** The error in {@code result} in one line, with its deepest cause. */
        static String cause(int status, JsonNode result) {
            JsonNode error = result.path("error");
            JsonNode deepest = error;
            while (deepest.has("caused_by")) {
                deepest = deepest.get("caused_by");
            }
            String cause = status + " " + said(error);
            return oneLine(deepest == error ? cause : cause + ", caused by " + said(deepest));
        }

        private static String oneLine(String text) {
            String line = text.replaceAll("\\p{Cntrl}+", " ");
            return line.length() <= LONGEST_CAUSE ? line : line.substring(0, LONGEST_CAUSE) + "…";
        }

        private static String said(JsonNode error) {
            return error.path("type").asText("unknown") + ": "
                    + error.path("reason").asText("");
        }
    }

    ElasticsearchClient(ElasticsearchAccess access) {
        this.access = access;
        List<URI> hosts = access.hosts();
        SSLContext trust = access.trust();
        HttpHost[] nodes = hosts.stream()
                .map(uri -> new HttpHost(uri.getHost(), uri.getPort(), uri.getScheme()))
                .toArray(HttpHost[]::new);
        String path = hosts.get(0).getRawPath();
        RestClientBuilder builder = RestClient.builder(nodes);
        if (path.length() > 1) {
            builder.setPathPrefix(path);
        }
        client = builder.setRequestConfigCallback(
                        config -> config.setConnectTimeout(CONNECT_TIMEOUT_MS).setSocketTimeout(SOCKET_TIMEOUT_MS))
                .setHttpClientConfigCallback(http -> http.setSSLContext(trust)
                        .setDefaultIOReactorConfig(
                                IOReactorConfig.custom().setIoThreadCount(1).build()))
                .setCompressionEnabled(false)
                .build();
    }

    /** Sends a request without a body and returns the body of the answer; fails with the cause on any status but 200 or without an answer. */
    CompletableFuture<JsonNode> ask(String method, String path) {
        return perform(new Request(method, path)).thenApply(answer -> {
            if (answer.status() != 200) {
                throw new IllegalStateException(method + " " + path + ": " + answer.cause());
            }
            return answer.body();
        });
    }

    /** Returns the answer; status 0 means that there is none, and the body says why. */
    CompletableFuture<Answer> perform(Request request) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        try {
            String authorization = access.authorization();
            if (!authorization.isEmpty()) {
                request.setOptions(RequestOptions.DEFAULT.toBuilder().addHeader("Authorization", authorization));
            }
        } catch (BadOptionException e) {
            answer.complete(new Answer(0, TextNode.valueOf(e.getMessage())));
            return answer;
        }
        client.performRequestAsync(request, new ResponseListener() {
            @Override
            public void onSuccess(Response response) {
                answer.complete(read(response));
            }

            @Override
            public void onFailure(Exception failure) {
                if (!client.isRunning()) {
                    answer.completeExceptionally(failure);
                    return;
                }
                answer.complete(
                        failure instanceof ResponseException refusal
                                ? read(refusal.getResponse())
                                : new Answer(
                                        0, TextNode.valueOf(failure + ElasticsearchAccess.optionAtFault(failure))));
            }
        });
        return answer;
    }

    private static Answer read(Response response) {
        int status = response.getStatusLine().getStatusCode();
        try {
            HttpEntity entity = response.getEntity();
            byte[] content = entity == null ? new byte[0] : EntityUtils.toByteArray(entity);
            return new Answer(status, JSON.readTree(content));
        } catch (IOException e) {
            return status == 200
                    ? new Answer(0, TextNode.valueOf("no JSON in the answer: " + e.getMessage()))
                    : new Answer(
                            status,
                            TextNode.valueOf(status
                                    + " without JSON, which is no answer of Elasticsearch"
                                    + ElasticsearchAccess.optionAtFault(status)));
        }
    }

    /** Aborts the requests in flight. */
    @Override
    public void close() throws IOException {
        client.close();
    }
}
