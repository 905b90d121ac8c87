// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import static java.util.concurrent.CompletableFuture.completedFuture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.pipeline.elasticsearch.BulkIndexer.Outcome.Kind;
import dev.streampane.pipeline.elasticsearch.ElasticsearchClient.Answer;
import dev.streampane.pipeline.elasticsearch.IndexRequest.Document;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.ContentType;
import org.elasticsearch.client.Request;

/**
 * Sends documents to Elasticsearch as {@code _bulk} requests with external versions ({@code external_gte}) and returns the outcome of each.
 *
 * <p>The status of a document or of the whole request is read as follows:
 *
 * <ul>
 *   <li>200, 201: taken. 409: Elasticsearch has a newer document, which counts as taken.
 *   <li>A 4xx of one document with an error that only a document can cause ({@link #OF_A_DOCUMENT}): refused for good. A document with another
 *       error (a text that is too long for Lucene, but also an index that is closed or may not be created) is refused if the same index has
 *       taken another document of the same request, which shows that the index is not at fault.
 *   <li>A whole request that Elasticsearch finds invalid (it checks a few things, such as the length of an id, before it handles single
 *       documents): its halves are sent again until the document at fault is alone, and that one is refused. On 413 the request is halved as
 *       well, but never refused.
 *   <li>Everything else is sent again later: 401, 403, 408, 429, 5xx, no connection, no answer within 30 s, an answer that is not JSON or not from
 *       Elasticsearch, such as a proxy's 400. The operator has to solve these; the document is not at fault.
 * </ul>
 *
 * <p>Thread-safe. The futures complete like those of {@link ElasticsearchClient}.
 */
record BulkIndexer(ElasticsearchClient client) {

    private static final ContentType NDJSON = ContentType.create("application/x-ndjson");
    private static final Set<Integer> LATER = Set.of(401, 403, 408, 429);
    private static final int TOO_LARGE = 413;
    private static final String INVALID_REQUEST = "action_request_validation_exception";

    /** Types of errors that another document in the same index would not have. */
    private static final Set<String> OF_A_DOCUMENT = Set.of(
            INVALID_REQUEST,
            "document_parsing_exception",
            "invalid_index_name_exception",
            "mapper_parsing_exception",
            "strict_dynamic_mapping_exception");

    private static final Outcome UNANSWERED = new Outcome(Kind.LATER, "no answer for the document");
    private static final JsonFactory JSON = new JsonFactory().setRootValueSeparator("");

    /** The approximate size in bytes of the action line of a document. */
    static final int ACTION_BYTES = 200;

    /**
     * The outcome of the documents of one group.
     *
     * @param cause the message of Elasticsearch or of the connection; empty when taken
     */
    record Outcome(Kind kind, String cause) {

        /** In ascending order of weight. LATER weighs most, so that a group is either done as a whole or sent again as a whole. */
        enum Kind {
            TAKEN,
            REFUSED,
            LATER
        }

        static final Outcome TAKEN = new Outcome(Kind.TAKEN, "");

        /** Whether an index is not there and is not created by writing to it. */
        boolean isOfNoIndex() {
            return cause.startsWith("404 index_not_found_exception");
        }

        Outcome and(Outcome other) {
            return other.kind.compareTo(kind) > 0 ? other : this;
        }
    }

    /** Sends groups of documents in one request, or in several if it is refused as a whole; one outcome per group, in order. */
    CompletableFuture<List<Outcome>> index(List<List<Document>> groups) {
        if (groups.isEmpty()) {
            return completedFuture(List.of());
        }
        return post(body(groups)).thenCompose(answer -> {
            if (answer.status() == 200) {
                return completedFuture(outcomes(answer, groups));
            }
            boolean invalid = isInvalid(answer);
            if (groups.size() > 1 && (invalid || answer.status() == TOO_LARGE)) {
                return halves(groups);
            }
            var outcome = new Outcome(invalid ? Kind.REFUSED : Kind.LATER, answer.cause());
            return completedFuture(Collections.nCopies(groups.size(), outcome));
        });
    }

    private CompletableFuture<List<Outcome>> halves(List<List<Document>> groups) {
        int middle = groups.size() / 2;
        return index(groups.subList(0, middle)).thenCompose(first -> index(groups.subList(middle, groups.size()))
                .thenApply(second -> {
                    List<Outcome> both = new ArrayList<>(first);
                    both.addAll(second);
                    return both;
                }));
    }

    private static List<Outcome> outcomes(Answer answer, List<List<Document>> groups) {
        JsonNode items = answer.body().path("items");
        List<Document> documents = groups.stream().flatMap(List::stream).toList();
        Set<String> taking = IntStream.range(0, documents.size())
                .filter(n -> isTaken(items.path(n).path("index")))
                .mapToObj(n -> documents.get(n).index())
                .collect(Collectors.toSet());
        List<Outcome> outcomes = new ArrayList<>(groups.size());
        int item = 0;
        for (List<Document> group : groups) {
            Outcome outcome = Outcome.TAKEN;
            for (Document document : group) {
                outcome = outcome.and(outcome(items.path(item++).path("index"), taking.contains(document.index())));
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private static boolean isTaken(JsonNode result) {
        int status = result.path("status").asInt();
        return status == 200 || status == 201 || status == 409;
    }

    /**
     * @param taking whether the index has taken a document of this request
     */
    private static Outcome outcome(JsonNode result, boolean taking) {
        if (result.isMissingNode()) {
            return UNANSWERED;
        }
        int status = result.path("status").asInt();
        if (isTaken(result)) {
            return Outcome.TAKEN;
        }
        boolean refused = status >= 400
                && status < 500
                && !LATER.contains(status)
                && (taking
                        || OF_A_DOCUMENT.contains(
                                result.path("error").path("type").asText()));
        return new Outcome(refused ? Kind.REFUSED : Kind.LATER, Answer.cause(status, result));
    }

    /** Whether Elasticsearch itself, not a proxy, says that a document of the request is at fault. */
    private static boolean isInvalid(Answer answer) {
        return answer.status() == 400 && answer.errorType().equals(INVALID_REQUEST);
    }

    private CompletableFuture<Answer> post(byte[] body) {
        Request request = new Request("POST", "/_bulk");
        request.addParameter("filter_path", "items.*.status,items.*.error,error");
        request.setEntity(new ByteArrayEntity(body, NDJSON));
        return client.perform(request);
    }

    /** The approximate size of the body, so that its buffer need not grow. */
    private static int bytes(List<List<Document>> groups) {
        return groups.stream()
                .flatMap(List::stream)
                .mapToInt(document -> document.source().length + ACTION_BYTES)
                .sum();
    }

    private static byte[] body(List<List<Document>> groups) {
        var body = new ByteArrayOutputStream(bytes(groups));
        try (JsonGenerator json = JSON.createGenerator(body)) {
            for (List<Document> group : groups) {
                for (Document document : group) {
                    writeAction(document, json);
                    json.flush();
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

    private static void writeAction(Document document, JsonGenerator json) throws IOException {
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
