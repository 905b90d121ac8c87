// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.io;

import static java.util.concurrent.CompletableFuture.completedFuture;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.streampane.pipeline.io.BulkIndexer.Outcome.Kind;
import dev.streampane.pipeline.io.IndexRequest.Document;
import dev.streampane.pipeline.job.BadOptionException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.ContentType;
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
 * Sends documents to Elasticsearch as {@code _bulk} requests with external versions ({@code external_gte}) and says what became of each.
 *
 * <p>What a status means, of one document or of the whole request:
 *
 * <ul>
 *   <li>200, 201: taken; 409: Elasticsearch has a newer one, which is as good.
 *   <li>408, 429, 5xx, no connection, no answer in 30 s, an answer that is none: later. So are 401 and 403: credentials and write
 *       blocks are the operator's to change and no fault of the document.
 *   <li>Other 4xx of one document: refused for good.
 *   <li>400 and 413 of a whole request (Elasticsearch checks some things, as the length of an id, before it takes a request apart): its
 *       halves are sent again until the document at fault is alone. Other 4xx of a whole request say that the address is wrong: later.
 * </ul>
 *
 * <p>Thread-safe. The futures complete on the client's thread; exceptionally only when the client itself has ended (an error in its
 * reactor is one that it does not come back from) and there is no use in trying again.
 */
final class BulkIndexer implements AutoCloseable {

    private static final int LONGEST_CAUSE = 500;
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int SOCKET_TIMEOUT_MS = 30_000;
    private static final ContentType NDJSON = ContentType.create("application/x-ndjson");
    private static final Set<Integer> LATER = Set.of(401, 403, 408, 429);
    private static final Set<Integer> OF_ITS_CONTENT = Set.of(400, 413);
    private static final Outcome UNANSWERED = new Outcome(Kind.LATER, "no answer for the document");
    private static final ObjectMapper JSON =
            JsonMapper.builder().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).build();

    private final RestClient client;
    private final ElasticsearchAccess access;

    /**
     * What became of the documents of one group.
     *
     * @param cause Elasticsearch's words, or the connection's; empty when taken
     */
    record Outcome(Kind kind, String cause) {

        /** Later weighs most, so that a group is either settled as a whole or sent again as a whole. */
        enum Kind {
            TAKEN,
            REFUSED,
            LATER
        }

        static final Outcome TAKEN = new Outcome(Kind.TAKEN, "");

        Outcome and(Outcome other) {
            return other.kind.compareTo(kind) > 0 ? other : this;
        }
    }

    BulkIndexer(ElasticsearchAccess access) {
        this.access = access;
        List<URI> hosts = access.hosts();
        SSLContext trust = access.trust();
        HttpHost[] nodes =
                hosts.stream()
                        .map(uri -> new HttpHost(uri.getHost(), uri.getPort(), uri.getScheme()))
                        .toArray(HttpHost[]::new);
        String path = hosts.get(0).getRawPath();
        RestClientBuilder builder = RestClient.builder(nodes);
        if (path.length() > 1) {
            builder.setPathPrefix(path);
        }
        client =
                builder.setRequestConfigCallback(
                                config ->
                                        config.setConnectTimeout(CONNECT_TIMEOUT_MS)
                                                .setSocketTimeout(SOCKET_TIMEOUT_MS))
                        .setHttpClientConfigCallback(
                                http ->
                                        http.setSSLContext(trust)
                                                .setDefaultIOReactorConfig(
                                                        IOReactorConfig.custom()
                                                                .setIoThreadCount(1)
                                                                .build()))
                        .setCompressionEnabled(false)
                        .build();
    }

    /** Sends groups of documents in one request (more when it is refused as a whole); one outcome per group, in order. */
    CompletableFuture<List<Outcome>> index(List<List<Document>> groups) {
        if (groups.isEmpty()) {
            return completedFuture(List.of());
        }
        return post(body(groups))
                .thenCompose(
                        answer -> {
                            if (answer.status() == 200) {
                                return completedFuture(outcomes(answer, groups));
                            }
                            if (!OF_ITS_CONTENT.contains(answer.status())) {
                                return all(groups, new Outcome(Kind.LATER, answer.cause()));
                            }
                            return groups.size() == 1
                                    ? all(groups, new Outcome(Kind.REFUSED, answer.cause()))
                                    : halves(groups);
                        });
    }

    /** Gives up what is under way. */
    @Override
    public void close() throws IOException {
        client.close();
    }

    private CompletableFuture<List<Outcome>> halves(List<List<Document>> groups) {
        int middle = groups.size() / 2;
        return index(groups.subList(0, middle))
                .thenCompose(
                        first ->
                                index(groups.subList(middle, groups.size()))
                                        .thenApply(
                                                second -> {
                                                    List<Outcome> both = new ArrayList<>(first);
                                                    both.addAll(second);
                                                    return both;
                                                }));
    }

    private static CompletableFuture<List<Outcome>> all(
            List<List<Document>> groups, Outcome outcome) {
        return completedFuture(Collections.nCopies(groups.size(), outcome));
    }

    private static List<Outcome> outcomes(Answer answer, List<List<Document>> groups) {
        List<Outcome> outcomes = new ArrayList<>(groups.size());
        Iterator<JsonNode> items = answer.body().path("items").elements();
        for (List<Document> group : groups) {
            Outcome outcome = Outcome.TAKEN;
            for (int i = 0; i < group.size(); i++) {
                outcome = outcome.and(items.hasNext() ? outcome(items.next()) : UNANSWERED);
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private static Outcome outcome(JsonNode item) {
        JsonNode result = item.path("index");
        int status = result.path("status").asInt();
        if (status == 200 || status == 201 || status == 409) {
            return Outcome.TAKEN;
        }
        boolean refused = status >= 400 && status < 500 && !LATER.contains(status);
        return new Outcome(refused ? Kind.REFUSED : Kind.LATER, cause(status, result));
    }

    private static String cause(int status, JsonNode result) {
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
        return error.path("type").asText("unknown") + ": " + error.path("reason").asText("");
    }

    /**
     * An answer to a request.
     *
     * @param status HTTP's; 0 when there was none
     */
    private record Answer(int status, JsonNode body) {

        String cause() {
            return status == 0
                    ? body.asText()
                    : BulkIndexer.cause(status, body) + ElasticsearchAccess.optionAtFault(status);
        }
    }

    /** The body of the answer to a request without one; fails with the cause when it is refused or there is none. */
    CompletableFuture<JsonNode> ask(String method, String path) {
        return perform(new Request(method, path))
                .thenApply(
                        answer -> {
                            if (answer.status() != 200) {
                                throw new IllegalStateException(
                                        method + " " + path + ": " + answer.cause());
                            }
                            return answer.body();
                        });
    }

    private CompletableFuture<Answer> post(byte[] body) {
        Request request = new Request("POST", "/_bulk");
        request.addParameter("filter_path", "items.*.status,items.*.error,error");
        request.setEntity(new ByteArrayEntity(body, NDJSON));
        return perform(request);
    }

    private CompletableFuture<Answer> perform(Request request) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        try {
            String authorization = access.authorization();
            if (!authorization.isEmpty()) {
                request.setOptions(
                        RequestOptions.DEFAULT.toBuilder()
                                .addHeader("Authorization", authorization));
            }
        } catch (BadOptionException e) {
            answer.complete(new Answer(0, TextNode.valueOf(e.getMessage())));
            return answer;
        }
        client.performRequestAsync(
                request,
                new ResponseListener() {
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
                                                0,
                                                TextNode.valueOf(
                                                        failure
                                                                + ElasticsearchAccess.optionAtFault(
                                                                        failure))));
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
                    : new Answer(status, MissingNode.getInstance());
        }
    }

    private static byte[] body(List<List<Document>> groups) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(4096);
        try {
            for (List<Document> group : groups) {
                for (Document document : group) {
                    writeAction(document, body);
                    body.write('\n');
                    body.write(document.source());
                    body.write('\n');
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return body.toByteArray();
    }

    private static void writeAction(Document document, OutputStream body) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            json.writeObjectFieldStart("index");
            json.writeStringField("_index", document.index());
            json.writeStringField("_id", document.id());
            json.writeNumberField("version", document.version());
            json.writeStringField("version_type", "external_gte");
            json.writeEndObject();
            json.writeEndObject();
        }
    }
}
