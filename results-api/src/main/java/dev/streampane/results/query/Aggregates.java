// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.Position;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex;
import dev.streampane.results.tail.TailIndex.Row;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rolls windows up: row by row in exact arithmetic, out of tail and store, as long as they are not too many; beyond that Elasticsearch
 * adds up what it has, in floating point.
 */
@ApplicationScoped
class Aggregates {

    /** Whole documents, for a source that Elasticsearch filters has lost the trailing zeros that say in which units a sum is. */
    private static final int PAGE = 1_000;

    /**
     * Buckets.
     *
     * @param reason why windows are missing; nothing when none are
     * @param position up to which this holds
     */
    record Rolled(List<ObjectNode> buckets, Optional<String> reason, Position.Topic position) {}

    /** Windows that are left to read. */
    private record Reading(
            AggregateQuery query,
            Rollup rollup,
            Map<String, TailEntry> tail,
            Optional<String> reason,
            Position.Topic position,
            long deadline) {}

    private final TailAndStore results;
    private final SearchClient elasticsearch;
    private final StoredAggregates stored;
    private final int maxWindows;
    private final Duration timeout;

    Aggregates(
            TailAndStore results,
            SearchClient elasticsearch,
            StoredAggregates stored,
            ResultsConfig config) {
        this.results = results;
        this.elasticsearch = elasticsearch;
        this.stored = stored;
        this.maxWindows = config.query().aggregateMaxWindows();
        this.timeout = config.query().aggregateTimeout();
    }

    /** Rolls up the windows of one specification. */
    Uni<Rolled> of(AggregateQuery query, Optional<Measures.Found> metric) {
        long deadline = System.nanoTime() + timeout.toNanos();
        return results.read(query.atLeast(), index -> inTail(index, query))
                .chain(
                        read ->
                                read.tail().size() > maxWindows
                                        ? Uni.createFrom().item(Optional.<Rolled>empty())
                                        : read(
                                                new Reading(
                                                        query,
                                                        rollup(query, metric),
                                                        read.tail(),
                                                        TailAndStore.reason(read.shown()),
                                                        read.shown().position(),
                                                        deadline),
                                                0,
                                                Optional.empty()))
                .chain(
                        rolled ->
                                rolled.isPresent()
                                        ? Uni.createFrom().item(rolled.get())
                                        : stored.of(query, metric));
    }

    private static Rollup rollup(AggregateQuery query, Optional<Measures.Found> metric) {
        return new Rollup(query.fn(), metric.map(Measures.Found::measure), query.interval());
    }

    private Map<String, TailEntry> inTail(TailIndex index, AggregateQuery query) {
        Map<String, TailEntry> entries = new HashMap<>();
        for (TailEntry entry :
                index.windows(query.job(), true, query.from().map(start -> new Row(start, "")))
                        .values()) {
            if (query.to().isPresent() && !entry.start().isBefore(query.to().get())
                    || entries.size() > maxWindows) {
                break;
            }
            if (query.takes(entry)) {
                entries.put(entry.id(), entry);
            }
        }
        return entries;
    }

    /** Reads page by page; nothing when there are too many windows, or it takes too long. */
    private Uni<Optional<Rolled>> read(Reading reading, int before, Optional<JsonNode> after) {
        ObjectNode search = reading.query().search().put("size", PAGE);
        WindowQuery.sort(search, "window.start", true);
        after.ifPresent(values -> search.set("search_after", values));
        return elasticsearch
                .search("window-results", search)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .chain(
                        answer -> {
                            JsonNode hits = answer.at("/hits/hits");
                            hits.forEach(hit -> add(reading, hit.path("_source")));
                            int windows = before + hits.size();
                            if (hits.size() < PAGE) {
                                boolean few = windows + reading.tail().size() <= maxWindows;
                                return Uni.createFrom()
                                        .item(
                                                few
                                                        ? Optional.of(finished(reading))
                                                        : Optional.empty());
                            }
                            return windows + reading.tail().size() > maxWindows
                                            || System.nanoTime() > reading.deadline()
                                    ? Uni.createFrom().item(Optional.empty())
                                    : read(
                                            reading,
                                            windows,
                                            Optional.of(hits.get(PAGE - 1).get("sort")));
                        });
    }

    private static void add(Reading reading, JsonNode source) {
        TailEntry newer = reading.tail().remove(source.path("id").asText());
        long version =
                TailEntry.version(
                        source.path("complete").asBoolean(),
                        source.path("generation").asLong(),
                        source.path("rev").asLong());
        reading.rollup()
                .add(newer != null && newer.version() > version ? Revision.json(newer) : source);
    }

    private static Rolled finished(Reading reading) {
        reading.tail().values().forEach(entry -> reading.rollup().add(Revision.json(entry)));
        checkBuckets(reading.rollup().size());
        List<ObjectNode> buckets = reading.rollup().items();
        if (reading.reason().isPresent()) {
            buckets.forEach(bucket -> bucket.put("exact", false));
        }
        return new Rolled(buckets, reading.reason(), reading.position());
    }

    static void checkBuckets(int buckets) {
        if (buckets > Rollup.MAX_BUCKETS) {
            throw new ProblemException(
                    Problem.of(
                            ProblemType.TOO_MANY_BUCKETS,
                            "there are more than "
                                    + Rollup.MAX_BUCKETS
                                    + " buckets; choose a longer interval or a shorter time"));
        }
    }
}
