// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bulkhead;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.IndexedLog;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Explains a few results at a time ({@code results.explain.max-running}), each on a worker thread; one more is refused with a 503 at once.
 * Keeps no records, only sums.
 */
@Singleton
public record Explainer(
        SearchClient elasticsearch,
        IndexedLog indexed,
        TailFeeds tail,
        LogReaders readers,
        ResultsConfig config,
        Bulkhead running) {

    private static final String RESULTS = "window-results";

    @Inject
    Explainer(
            SearchClient elasticsearch, IndexedLog indexed, TailFeeds tail, LogReaders readers, ResultsConfig config) {
        this(
                elasticsearch,
                indexed,
                tail,
                readers,
                config,
                new Bulkhead(
                        config.explain().maxRunning(),
                        ProblemType.TOO_MANY_EXPLANATIONS,
                        "explanations",
                        InputLog.RETRY_AFTER));
    }

    /**
     * The newest revisions of a window; empty if neither Elasticsearch nor the tail has any. A window that the caller may not read is searched for
     * like one that does not exist, and the result is empty.
     *
     * @param kept the newest revision that the tail had; it may have left the tail since
     * @param isAll whether searches show everything that is not in the tail
     */
    Uni<Optional<ExplainedWindow>> find(String id, Optional<TailEntry> kept, boolean isAll, Access access) {
        return newest(RESULTS, id, access).chain(document -> {
            Optional<TailEntry> inTail = tail.tail()
                    .index()
                    .newest(id)
                    .or(() -> kept)
                    .filter(window -> access.mayRead(window.job(), window.key()));
            if (document.isEmpty() && inTail.isEmpty()) {
                return newest("window-history", id, access)
                        .map(found -> found.map(revision -> new ExplainedWindow(null, null, revision, isAll)));
            }
            JsonNode logged = inTail.map(this::json).orElse(null);
            return document.isEmpty() && isAll && logged != null
                    ? withoutDocument(id, inTail.get(), logged, access).map(Optional::of)
                    : Uni.createFrom()
                            .item(Optional.of(new ExplainedWindow(document.orElse(null), logged, null, isAll)));
        });
    }

    /** A window without a document. It was deleted if Elasticsearch shows the log up to the window's record; else it is still to come. */
    private Uni<ExplainedWindow> withoutDocument(String id, TailEntry entry, JsonNode logged, Access access) {
        return indexed.shows(behind(entry), Duration.ZERO).chain(shown -> newest(RESULTS, id, access)
                .map(document -> shown && document.isEmpty()
                        ? new ExplainedWindow(null, logged, logged, true)
                        : new ExplainedWindow(document.orElse(null), logged, null, true)));
    }

    private TopicPosition behind(TailEntry entry) {
        return TopicPosition.after(tail.resultsTopic(), topicId(), entry.partition(), entry.offset())
                .withPartitions(results().map(topic -> topic.offsets().length).orElse(0));
    }

    private JsonNode json(TailEntry entry) {
        JsonNode json = RecordJson.read(entry.json());
        if (json instanceof ObjectNode result) {
            result.putObject("log")
                    .put("epoch", topicId())
                    .put("partition", entry.partition())
                    .put("offset", entry.offset());
            return result;
        }
        return null;
    }

    private String topicId() {
        return results().map(TopicPosition::id).orElse("");
    }

    private Optional<TopicPosition> results() {
        return tail.tail().position().topic(tail.resultsTopic());
    }

    private Uni<Optional<JsonNode>> newest(String alias, String id, Access access) {
        ObjectNode search = Clauses.search(1, "id", id);
        Clauses.byVersion(search, "desc");
        return elasticsearch
                .find(alias, search, source -> source)
                .map(found -> found.stream().filter(access::mayRead).findFirst());
    }

    /** Explains a window. Fails with a {@link ProblemException} if too many explanations are running, and as {@link Explanation#answer} does. */
    Uni<ObjectNode> explain(ExplainedWindow subject, Access access) {
        Bulkhead.Permit permit = running.acquire(access);
        // goes on when the caller has gone, and holds its permit until it ends
        return Uni.createFrom()
                .completionStage(CompletableFuture.supplyAsync(
                                () -> answer(subject, readers.of(access.name())), Infrastructure.getDefaultExecutor())
                        .whenComplete((answer, failure) -> permit.close()));
    }

    private ObjectNode answer(ExplainedWindow subject, LogReaders own) {
        return new Explanation(
                        new InputLog(
                                own,
                                config.explain().maxRecords(),
                                config.explain().timeout()),
                        new Explanation.Topics(config.topic(), config.auditTopic(), config.jobRunsTopic()),
                        subject,
                        Instant.now())
                .answer();
    }
}
