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
 * Sends documents to Elasticsearch as {@code _bulk} requests with external versions ({@code external_gte}) and says what became of each.
 *
 * <p>What a status means, of one document or of the whole request:
 *
 * <ul>
 *   <li>200, 201: taken; 409: Elasticsearch has a newer one, which is as good.
 *   <li>A 4xx of one document with an error that only a document can cause ({@link #OF_A_DOCUMENT}): refused for good. So is one with
 *       another error (a text that Lucene finds too long, but also an index that is closed or may not be made) when the same request
 *       brought something else into the same index, which shows that the index is not at fault.
 *   <li>A whole request that Elasticsearch finds invalid (it checks some things, as the length of an id, before it takes a request
 *       apart): its halves are sent again until the document at fault is alone, and refused. 413 is halved, too, but never refused.
 *   <li>All else is for later: 401, 403, 408, 429, 5xx, no connection, no answer in 30 s, an answer that is none or not
 *       Elasticsearch's, such as a proxy's 400. That is the operator's to change and no fault of the document.
 * </ul>
 *
 * <p>Thread-safe. The futures complete as those of {@link ElasticsearchClient}.
 */
final class BulkIndexer {

    private static final ContentType NDJSON = ContentType.create("application/x-ndjson");
    private static final Set<Integer> LATER = Set.of(401, 403, 408, 429);
    private static final int CREATED = 201;
    private static final int TOO_LARGE = 413;
    private static final String INVALID_REQUEST = "action_request_validation_exception";

    /** Types of errors that another document in the same place would not meet. */
    private static final Set<String> OF_A_DOCUMENT = Set.of(
            INVALID_REQUEST,
            "document_parsing_exception",
            "invalid_index_name_exception",
            "mapper_parsing_exception",
            "strict_dynamic_mapping_exception");

    private static final Outcome UNANSWERED = new Outcome(Kind.LATER, "no answer for the document");
    private static final JsonFactory JSON = new JsonFactory().setRootValueSeparator("");

    /** What the action of a document takes, about. */
    static final int ACTION_BYTES = 200;

    private final ElasticsearchClient client;

    /**
     * What became of the documents of one group.
     *
     * @param cause Elasticsearch's words, or the connection's; empty when taken or created
     */
    record Outcome(Kind kind, String cause) {

        /** Later weighs most, so that a group is either settled as a whole or sent again as a whole. */
        enum Kind {
            TAKEN,
            /** Taken, and one was not there before. */
            CREATED,
            REFUSED,
            LATER
        }

        static final Outcome TAKEN = new Outcome(Kind.TAKEN, "");
        static final Outcome CREATED = new Outcome(Kind.CREATED, "");

        Outcome and(Outcome other) {
            return other.kind.compareTo(kind) > 0 ? other : this;
        }
    }

    BulkIndexer(ElasticsearchClient client) {
        this.client = client;
    }

    /** Sends groups of documents in one request (more when it is refused as a whole); one outcome per group, in order. */
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
            return all(groups, new Outcome(invalid ? Kind.REFUSED : Kind.LATER, answer.cause()));
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

    private static CompletableFuture<List<Outcome>> all(List<List<Document>> groups, Outcome outcome) {
        return completedFuture(Collections.nCopies(groups.size(), outcome));
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
        return status == 200 || status == CREATED || status == 409;
    }

    /**
     * @param taking whether the index has taken a document of the request
     */
    private static Outcome outcome(JsonNode result, boolean taking) {
        if (result.isMissingNode()) {
            return UNANSWERED;
        }
        int status = result.path("status").asInt();
        if (isTaken(result)) {
            return status == CREATED ? Outcome.CREATED : Outcome.TAKEN;
        }
        boolean refused = status >= 400
                && status < 500
                && !LATER.contains(status)
                && (taking
                        || OF_A_DOCUMENT.contains(
                                result.path("error").path("type").asText()));
        return new Outcome(refused ? Kind.REFUSED : Kind.LATER, Answer.cause(status, result));
    }

    /** Whether it is Elasticsearch's own word that a document of the request is at fault. */
    private static boolean isInvalid(Answer answer) {
        return answer.status() == 400 && answer.errorType().equals(INVALID_REQUEST);
    }

    private CompletableFuture<Answer> post(byte[] body) {
        Request request = new Request("POST", "/_bulk");
        request.addParameter("filter_path", "items.*.status,items.*.error,error");
        request.setEntity(new ByteArrayEntity(body, NDJSON));
        return client.perform(request);
    }

    /** Room for the body, so that it need not grow. */
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
