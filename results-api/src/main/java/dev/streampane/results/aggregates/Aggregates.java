// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.aggregates.Rollup.Rolled;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.consistency.TailAndStore.Answer;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.store.SearchViews;
import dev.streampane.results.store.WaitingBulkhead;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex;
import dev.streampane.results.tail.TailIndex.Row;
import dev.streampane.results.windows.WindowFilter;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Rolls up windows from the tail and from Elasticsearch: row by row in exact arithmetic, as long as there are not too many. Beyond that,
 * Elasticsearch adds up the windows that the tail does not have, in floating point.
 */
@Singleton
record Aggregates(
        TailAndStore results,
        SearchClient elasticsearch,
        SearchViews views,
        StoredAggregates stored,
        WaitingBulkhead turns,
        int maxWindows,
        Duration timeout) {

    /** Documents per page. They are read whole, because numbers lose digits when Elasticsearch filters the source. */
    private static final int PAGE = 500;

    /** Answers of Elasticsearch that all roll-ups together hold in memory at once: a page takes some MB. */
    private static final int ANSWERS = 2;

    /** Maximum number of the tail's windows that a search names; Elasticsearch takes 65,536. */
    private static final int MAX_NAMED = 50_000;

    @Inject
    Aggregates(
            TailAndStore results,
            SearchClient elasticsearch,
            SearchViews views,
            StoredAggregates stored,
            ResultsConfig config) {
        this(
                results,
                elasticsearch,
                views,
                stored,
                new WaitingBulkhead(ANSWERS),
                config.query().aggregateMaxWindows(),
                config.query().aggregateTimeout());
    }

    private int maxNamed() {
        return Math.min(maxWindows, MAX_NAMED);
    }

    /** Rolls up the windows of one specification. */
    Uni<Answer<Rolled>> of(AggregateQuery query) {
        return results.read(query.atLeast(), index -> inTail(index, query))
                .chain(read -> read.found().size() > maxNamed()
                        ? inStore(query)
                        : ofBoth(query, read.found()).map(rollup -> answer(rollup, read.shown())));
    }

    /**
     * Rolls up in Elasticsearch alone, because the tail has more windows than a search can exclude. First gives Elasticsearch time to show
     * everything that this process has read up to now.
     */
    private Uni<Answer<Rolled>> inStore(AggregateQuery query) {
        Rollup<?> rollup = query.rollup();
        TopicPosition now = results.position();
        Requirement patient = query.atLeast().within(timeout);
        return results.stored(query.atLeast(), now)
                .chain(shown -> shown.complete() ? Uni.createFrom().item(shown) : results.stored(patient, now))
                .call(() -> addStored(query, Set.of(), rollup))
                .map(shown -> answer(rollup, shown));
    }

    /** A single page shows a single moment. Several searches need a view, because sessions may be merged between two of them. */
    private Uni<Rollup<?>> ofBoth(AggregateQuery query, Map<String, TailEntry> tail) {
        return count(query::search)
                .chain(all -> all < PAGE && all + tail.size() <= maxWindows
                        ? ofBoth(query, tail, all)
                        : views.of("window-results", view -> ofBoth(query.in(view), tail, all)));
    }

    private Uni<Rollup<?>> ofBoth(AggregateQuery query, Map<String, TailEntry> tail, long all) {
        long deadline = System.nanoTime() + timeout.toNanos();
        return isFew(query, tail, all)
                .chain(few -> few
                        ? read(query.rollup(), new HashMap<>(tail), query::search, deadline, Optional.empty())
                        : Uni.createFrom().item(Optional.<Rollup<?>>empty()))
                .chain(exact -> exact.isPresent() ? Uni.createFrom().item(exact.get()) : addedUp(query, tail));
    }

    /** Whether there are few enough windows to read one by one. Excludes the tail's windows from the count only if that is needed. */
    private Uni<Boolean> isFew(AggregateQuery query, Map<String, TailEntry> tail, long all) {
        return all + tail.size() <= maxWindows
                ? Uni.createFrom().item(true)
                : count(() -> query.searchBut(tail.keySet())).map(others -> others + tail.size() <= maxWindows);
    }

    private Uni<Long> count(Supplier<ObjectNode> search) {
        return inTurn(
                () -> search.get().put("size", 0).put("track_total_hits", maxWindows + 1),
                answer -> answer.at("/hits/total/value").asLong());
    }

    /** Adds the tail's windows row by row; Elasticsearch adds up the others. */
    private Uni<Rollup<?>> addedUp(AggregateQuery query, Map<String, TailEntry> tail) {
        long never = System.nanoTime() + Long.MAX_VALUE / 2;
        return read(query.rollup(), new HashMap<>(tail), () -> query.search(tail.keySet()), never, Optional.empty())
                .map(Optional::orElseThrow)
                .call(rollup -> addStored(query, tail.keySet(), rollup));
    }

    private Uni<Void> addStored(AggregateQuery query, Set<String> without, Rollup<?> rollup) {
        return turns.ask(() -> stored.add(query, without, rollup));
    }

    /** The windows in the tail, by id. */
    private Map<String, TailEntry> inTail(TailIndex index, AggregateQuery query) {
        WindowFilter asked = query.windows();
        return index.windows(query.job(), true, asked.from().map(start -> new Row(start, ""))).stream()
                .takeWhile(entry -> asked.to().map(entry.start()::isBefore).orElse(true))
                .filter(asked::covers)
                .limit(maxNamed() + 1L)
                .collect(Collectors.toMap(TailEntry::id, entry -> entry, (one, other) -> other));
    }

    /**
     * Reads the documents page by page, then the windows that only the tail has. Empty if the deadline passes.
     *
     * @param tail windows of the tail whose documents have not been read yet, by id
     */
    private Uni<Optional<Rollup<?>>> read(
            Rollup<?> rollup,
            Map<String, TailEntry> tail,
            Supplier<ObjectNode> query,
            long deadline,
            Optional<JsonNode> after) {
        return inTurn(() -> page(query.get(), after), answer -> add(rollup, tail, answer))
                .chain(last -> {
                    if (last.isEmpty()) {
                        tail.values().forEach(entry -> rollup.add(ResultJson.of(entry)));
                        return Uni.createFrom().item(Optional.of(rollup));
                    }
                    return System.nanoTime() - deadline > 0
                            ? Uni.createFrom().item(Optional.empty())
                            : read(rollup, tail, query, deadline, last);
                });
    }

    private static ObjectNode page(ObjectNode search, Optional<JsonNode> after) {
        Clauses.byTime(search.put("size", PAGE), "window.start", true);
        after.ifPresent(values -> search.set("search_after", values));
        return search;
    }

    /** Searches when it is this search's turn. The turn ends after {@code take}, because search and answer are in memory until then. */
    private <T> Uni<T> inTurn(Supplier<ObjectNode> search, Function<JsonNode, T> take) {
        return turns.ask(() -> elasticsearch
                .search("window-results", search.get())
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(take));
    }

    /** Adds a page to the roll-up. Returns the sort values of its last row if another page may follow. */
    private static Optional<JsonNode> add(Rollup<?> rollup, Map<String, TailEntry> tail, JsonNode answer) {
        JsonNode hits = answer.at("/hits/hits");
        for (JsonNode hit : hits) {
            JsonNode source = hit.path("_source");
            TailEntry newer = tail.remove(source.path("id").asText());
            boolean stale =
                    newer != null && newer.version() >= Version.of(source).number();
            rollup.add(stale ? ResultJson.of(newer) : source);
        }
        return hits.size() < PAGE
                ? Optional.empty()
                : Optional.of(hits.get(PAGE - 1).get("sort"));
    }

    private static Answer<Rolled> answer(Rollup<?> rollup, Coverage shown) {
        return new Answer<>(rollup.rolled(shown.complete()), shown);
    }
}
