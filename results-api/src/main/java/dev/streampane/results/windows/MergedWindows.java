// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.consistency.RecentWindows;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.consistency.TailAndStore.Answer;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.paging.RowCursor;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.tail.Tail.ConsistentRead;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex;
import dev.streampane.results.tail.TailIndex.Row;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Merges one job's windows from the tail and from Elasticsearch: takes the revision with the highest version of each, then applies the filter.
 *
 * <p>A part is read in this order: the tail's index; the offsets from which on the tail has everything; Elasticsearch, once it shows everything
 * below those offsets. So a window that exists during the whole read is in the part, even if it leaves the tail meanwhile. A part ends at
 * the first row after which one of the two sides may have more rows, and the next part begins after that row. Because a window's row (start
 * and id) never changes, no window comes twice and none is left out, whatever is written between two parts. Only a global pane, whose id is its
 * number, has another start if a new generation makes it of other records; it may then come twice, or not at all.
 */
@Singleton
public record MergedWindows(
        TailAndStore results, StoredWindows store, RecentWindows recent, ReadConsistency consistency) {

    /** Maximum number of windows of the tail that are looked at for one part. */
    private static final int LOOKED_AT = 50_000;

    /** Maximum number of windows of the tail that are compared with Elasticsearch for one part. */
    private static final int HELD = 5_000;

    /** A part of at most {@code max} windows after row {@code after}; it may be shorter even if more windows follow. */
    Uni<WindowPage> part(WindowFilter filter, boolean ascending, Optional<Row> after, int max, Requirement wanted) {
        return Uni.createFrom()
                .item(() -> results.look(index -> look(index, new Order(filter, ascending, after), max)))
                .runSubscriptionOn(Infrastructure.getDefaultExecutor())
                .chain(looked -> looked.found().whole()
                        ? Uni.createFrom().item(looked.found().alone(looked.position()))
                        : consistency
                                .awaitCoverage(wanted, looked.position(), looked.earliest())
                                .chain(shown -> search(looked.found(), max, shown)));
    }

    /** One window's newest revision. A window that is not readable is searched for like one that does not exist, and the result is empty. */
    Uni<Answer<Optional<TailEntry>>> one(String id, Requirement wanted, Predicate<TailEntry> readable) {
        ConsistentRead<Optional<TailEntry>> looked =
                results.look(index -> index.newest(id).filter(readable));
        if (looked.found().filter(recent::newest).isPresent()) {
            return Uni.createFrom().item(new Answer<>(looked.found(), new Coverage(true, looked.position())));
        }
        return consistency
                .awaitRequired(wanted, looked.position(), looked.earliest())
                .chain(shown -> stored(id, readable, looked.found(), shown))
                .chain(one -> one.found().isPresent() || one.shown().complete()
                        ? Uni.createFrom().item(one)
                        : consistency
                                .awaitCoverage(wanted, looked.position(), looked.earliest())
                                .chain(all -> stored(id, readable, looked.found(), all)));
    }

    /** One window's newest revision, if the tail alone is enough to know it; does not wait. */
    Optional<Answer<TailEntry>> ofTail(String id) {
        ConsistentRead<Optional<TailEntry>> looked = results.look(index -> index.newest(id));
        return looked.found()
                .filter(recent::newest)
                .map(entry -> new Answer<>(entry, new Coverage(true, looked.position())));
    }

    private Uni<Answer<Optional<TailEntry>>> stored(
            String id, Predicate<TailEntry> readable, Optional<TailEntry> inTail, Coverage shown) {
        return store.newest(id)
                .map(stored -> new Answer<>(
                        Stream.concat(inTail.stream(), stored.filter(readable).stream())
                                .reduce(TailEntry::newer),
                        shown));
    }

    /** Which rows to read, and in which order. */
    private record Order(WindowFilter filter, boolean ascending, Optional<Row> after) {

        Comparator<Row> rows() {
            return ascending ? Comparator.naturalOrder() : Comparator.reverseOrder();
        }

        /** The row after which to begin. An empty id sorts before all ids, so the bound {@code from} is inclusive and {@code to} exclusive. */
        Optional<Row> begin() {
            Optional<Row> bound = (ascending ? filter.from() : filter.to()).map(start -> new Row(start, ""));
            return Stream.concat(after.stream(), bound.stream()).max(rows());
        }

        boolean ends(Instant start) {
            return ascending
                    ? filter.to().filter(to -> !start.isBefore(to)).isPresent()
                    : filter.from().filter(start::isBefore).isPresent();
        }
    }

    /**
     * What was read from the tail.
     *
     * @param held the windows that the filter covers, up to {@code edge}, by id
     * @param taken those of {@code held} that the filter takes, in order
     * @param edge the last row that was looked at; empty if all rows were
     * @param whole whether Elasticsearch does not have to be asked
     */
    private record TailPart(
            Order order, Map<String, TailEntry> held, List<TailEntry> taken, Optional<Row> edge, boolean whole) {

        WindowPage alone(TopicPosition position) {
            return new WindowPage(taken, edge, new Coverage(true, position));
        }
    }

    private TailPart look(TailIndex index, Order order, int max) {
        Map<String, TailEntry> held = new LinkedHashMap<>();
        List<TailEntry> taken = new ArrayList<>();
        Optional<Row> edge = Optional.empty();
        int lookedAt = 0;
        for (TailEntry entry : index.windows(order.filter().job(), order.ascending(), order.begin())) {
            if (order.ends(entry.start())) {
                break;
            }
            lookedAt++;
            if (order.filter().covers(entry)) {
                held.put(entry.id(), entry);
                if (order.filter().takes(entry)) {
                    taken.add(entry);
                }
            }
            if (taken.size() == max || held.size() >= HELD || lookedAt >= LOOKED_AT) {
                edge = Optional.of(entry.row());
                break;
            }
        }
        return new TailPart(order, held, taken, edge, whole(order, edge));
    }

    /** Whether the tail has every window up to the edge. Called after the tail was read, because windows leave the tail. */
    private boolean whole(Order order, Optional<Row> edge) {
        Optional<Instant> first = order.ascending()
                ? order.begin().map(Row::start)
                : edge.map(Row::start).or(order.filter()::from);
        return first.isPresent()
                && recent.since(order.filter().job())
                        .filter(since -> !first.get().isBefore(since))
                        .isPresent();
    }

    private Uni<WindowPage> search(TailPart looked, int max, Coverage shown) {
        return store.find(search(looked, max + 1)).map(hits -> merge(looked, hits, max, shown));
    }

    private WindowPage merge(TailPart looked, List<TailEntry> hits, int max, Coverage shown) {
        Order order = looked.order();
        NavigableMap<Row, TailEntry> merged = new TreeMap<>(order.rows());
        looked.taken().forEach(revision -> merged.put(revision.row(), revision));
        for (TailEntry stored : hits) {
            Optional<TailEntry> inTail = Optional.ofNullable(looked.held().get(stored.id()))
                    .or(() -> results.feeds().tail().index().newest(stored.id()));
            TailEntry newest = inTail.map(entry -> entry.newer(stored)).orElse(stored);
            merged.remove(stored.row());
            inTail.ifPresent(revision -> merged.remove(revision.row()));
            if (order.filter().holds(newest) && order.filter().takes(newest)) {
                merged.put(newest.row(), newest);
            }
        }
        Optional<Row> edge = looked.edge();
        if (hits.size() > max) {
            Row last = hits.get(hits.size() - 1).row();
            edge = edge.filter(row -> order.rows().compare(row, last) < 0).or(() -> Optional.of(last));
        }
        Collection<TailEntry> rows =
                edge.map(row -> merged.headMap(row, true)).orElse(merged).values();
        return WindowPage.of(List.copyOf(rows), max, edge, shown);
    }

    /**
     * Finds the stored windows up to the edge that the filter takes. For the windows that were taken from the tail it also finds revisions
     * that the filter does not take, because they may be newer.
     */
    private static ObjectNode search(TailPart looked, int size) {
        WindowFilter filter = looked.order().filter();
        ObjectNode search = Clauses.search(size);
        ArrayNode filters = Clauses.filters(search);
        filter.addCovered(filters);
        if (filter.changes()) {
            ArrayNode either = Clauses.any(filters);
            filter.addTaken(Clauses.all(either));
            ArrayNode ids = either.addObject().putObject("terms").putArray("id");
            looked.taken().forEach(revision -> ids.add(revision.id()));
        }
        boolean ascending = looked.order().ascending();
        looked.edge().ifPresent(edge -> Clauses.range(filters, "window.start")
                .put(ascending ? "lte" : "gte", edge.start().toEpochMilli()));
        Clauses.byTime(search, "window.start", ascending);
        looked.order().after().ifPresent(row -> search.set("search_after", RowCursor.searchAfter(row)));
        return search;
    }
}
