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
import java.util.Set;
import java.util.function.Supplier;

/**
 * Rolls windows up: row by row in exact arithmetic, out of tail and store, as long as they are not too many; beyond that Elasticsearch
 * adds up, in floating point, the windows that the tail does not have.
 */
@ApplicationScoped
class Aggregates {

    /** Of whole documents, for a source that Elasticsearch filters has lost digits. */
    private static final int PAGE = 1_000;

    /** Windows of the tail that a search can name; Elasticsearch takes 65,536. */
    private static final int MAX_NAMED = 50_000;

    /**
     * Buckets.
     *
     * @param reason why windows are missing; nothing when none are
     * @param position up to which this holds
     */
    record Rolled(List<ObjectNode> buckets, Optional<String> reason, Position.Topic position) {}

    /**
     * Windows on the way into a roll-up.
     *
     * @param tail those of the tail that no document was read of yet, by id
     */
    private record Reading(Rollup rollup, Map<String, TailEntry> tail) {}

    private final TailAndStore results;
    private final SearchClient elasticsearch;
    private final StoredAggregates stored;
    private final int maxWindows;
    private final int maxNamed;
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
        this.maxNamed = Math.min(maxWindows, MAX_NAMED);
        this.timeout = config.query().aggregateTimeout();
    }

    /** Rolls up the windows of one specification. */
    Uni<Rolled> of(AggregateQuery query, Optional<Measures.Found> metric) {
        return results.read(query.atLeast(), index -> inTail(index, query))
                .chain(
                        read ->
                                read.tail().size() > maxNamed
                                        ? inStore(query, metric)
                                        : ofBoth(query, metric, read.tail())
                                                .map(rollup -> rolled(rollup, read.shown())));
    }

    /** The tail has too many to be told apart from those in the store. */
    private Uni<Rolled> inStore(AggregateQuery query, Optional<Measures.Found> metric) {
        Rollup rollup = rollup(query, metric);
        return results.stored(query.atLeast(), results.position())
                .call(() -> stored.add(query, metric, Set.of(), rollup))
                .map(shown -> rolled(rollup, shown));
    }

    private Uni<Rollup> ofBoth(
            AggregateQuery query, Optional<Measures.Found> metric, Map<String, TailEntry> tail) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Reading all = new Reading(rollup(query, metric), new HashMap<>(tail));
        return isFew(query, Set.copyOf(tail.keySet()))
                .chain(
                        few ->
                                few
                                        ? read(all, query::search, deadline, Optional.empty())
                                        : Uni.createFrom().item(false))
                .chain(
                        read ->
                                read
                                        ? Uni.createFrom().item(all.rollup())
                                        : addedUp(query, metric, tail));
    }

    private Uni<Boolean> isFew(AggregateQuery query, Set<String> inTail) {
        ObjectNode others =
                query.searchBut(inTail).put("size", 0).put("track_total_hits", maxWindows + 1);
        return elasticsearch
                .search("window-results", others)
                .map(
                        answer ->
                                answer.at("/hits/total/value").asLong() + inTail.size()
                                        <= maxWindows);
    }

    /** The tail's windows row by row, and the others as Elasticsearch adds them up. */
    private Uni<Rollup> addedUp(
            AggregateQuery query, Optional<Measures.Found> metric, Map<String, TailEntry> tail) {
        long never = System.nanoTime() + Long.MAX_VALUE / 2;
        Set<String> ids = Set.copyOf(tail.keySet());
        Reading reading = new Reading(rollup(query, metric), new HashMap<>(tail));
        return read(reading, () -> query.search(ids), never, Optional.empty())
                .chain(() -> stored.add(query, metric, ids, reading.rollup()))
                .replaceWith(reading.rollup());
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
                    || entries.size() > maxNamed) {
                break;
            }
            if (query.takes(entry)) {
                entries.put(entry.id(), entry);
            }
        }
        return entries;
    }

    /** Reads page by page, and then what the tail alone has; false when it takes too long. */
    private Uni<Boolean> read(
            Reading reading, Supplier<ObjectNode> query, long deadline, Optional<JsonNode> after) {
        ObjectNode search = query.get().put("size", PAGE);
        WindowQuery.sort(search, "window.start", true);
        after.ifPresent(values -> search.set("search_after", values));
        return elasticsearch
                .search("window-results", search)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .chain(
                        answer -> {
                            JsonNode hits = answer.at("/hits/hits");
                            hits.forEach(hit -> add(reading, hit.path("_source")));
                            if (hits.size() < PAGE) {
                                reading.tail()
                                        .values()
                                        .forEach(
                                                entry ->
                                                        reading.rollup().add(Revision.json(entry)));
                                return Uni.createFrom().item(true);
                            }
                            Optional<JsonNode> last = Optional.of(hits.get(PAGE - 1).get("sort"));
                            return System.nanoTime() - deadline > 0
                                    ? Uni.createFrom().item(false)
                                    : read(reading, query, deadline, last);
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
                .add(newer != null && newer.version() >= version ? Revision.json(newer) : source);
    }

    private static Rolled rolled(Rollup rollup, AtLeast.Shown shown) {
        checkBuckets(rollup.size());
        List<ObjectNode> buckets = rollup.items();
        Optional<String> reason = TailAndStore.reason(shown);
        if (reason.isPresent()) {
            buckets.forEach(bucket -> bucket.put("exact", false));
        }
        return new Rolled(buckets, reason, shown.position());
    }

    private static void checkBuckets(int buckets) {
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
