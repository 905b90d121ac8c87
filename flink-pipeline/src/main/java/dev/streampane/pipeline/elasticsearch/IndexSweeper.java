// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops the indices whose retention time has passed, at the start and every hour, from one subtask of the job. It drops an index only if its
 * whole name has the form of a monthly index, by that name and never by a wildcard, and only if its newest document, searchable yet or not,
 * is past the retention time as well: a window belongs to the month of its start, and may end long after that. What fails is tried again an hour
 * later.
 *
 * <p>Used by the task's thread. Records are written in the meantime; one that belongs to a dropped month creates its index again, until the next
 * sweep.
 */
record IndexSweeper(List<IndexRetention> retentions, ElasticsearchClient elasticsearch, TaskThread task) {

    private static final Logger LOG = LoggerFactory.getLogger(IndexSweeper.class);
    private static final Duration INTERVAL = Duration.ofHours(1);

    void start() {
        if (!retentions.isEmpty()) {
            sweep();
        }
    }

    private void sweep() {
        Instant now = Instant.ofEpochMilli(task.now());
        all(retentions.stream().map(retention -> sweep(retention, now))).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn(
                        "Cannot drop expired indices; trying again in {} min, cause={}",
                        INTERVAL.toMinutes(),
                        failure.getMessage());
            }
        });
        task.after(INTERVAL.toMillis(), this::sweep);
    }

    private CompletableFuture<Void> sweep(IndexRetention retention, Instant now) {
        return elasticsearch
                .ask("GET", "/_cat/indices/" + retention.wildcard() + "?h=index&format=json")
                .thenCompose(listed -> all(listed.valueStream()
                        .map(index -> index.path("index").asText())
                        .filter(name -> retention.isOver(name, now))
                        .map(name -> dropOld(name, retention, now))));
    }

    private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> dropOld(String index, IndexRetention retention, Instant now) {
        String newer = "@timestamp:[\"" + now.minus(retention.keep()) + "\" TO *]";
        // a closed index cannot be counted, and nobody writes to it
        return askAllShards("POST", "/" + index + "/_refresh?ignore_unavailable=true")
                .thenCompose(refreshed -> askAllShards(
                        "GET",
                        "/" + index + "/_count?ignore_unavailable=true&q="
                                + URLEncoder.encode(newer, StandardCharsets.UTF_8)))
                .thenCompose(answer -> answer.required("count").asLong() == 0
                        ? drop(index, retention)
                        : CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<JsonNode> askAllShards(String method, String path) {
        return elasticsearch.ask(method, path).thenApply(answer -> {
            int failed = answer.at("/_shards/failed").asInt();
            if (failed > 0) {
                throw new IllegalStateException(method + " " + path + ": failed shards: " + failed);
            }
            return answer;
        });
    }

    private CompletableFuture<Void> drop(String index, IndexRetention retention) {
        return elasticsearch
                .ask("DELETE", "/" + index)
                .thenAccept(answer ->
                        LOG.info("Expired index has been dropped, index={} retention={}", index, retention.keep()));
    }
}
