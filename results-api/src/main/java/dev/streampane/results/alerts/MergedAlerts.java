// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.alerts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.consistency.RecentWindows;
import dev.streampane.results.paging.ConcurrencyLimits;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.store.StoredEntry;
import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import dev.streampane.results.tail.TailIndex.Row;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Merges alerts from tail and store; of each alert, the highest generation counts. The store is searched after the tail, once it shows
 * everything that the tail no longer has, and not at all if the tail is known to have all alerts asked for.
 */
@Singleton
public record MergedAlerts(
        TailFeeds feeds,
        SearchClient elasticsearch,
        RecentWindows recent,
        ReadConsistency consistency,
        ConcurrencyLimits limits,
        ResultsConfig config) {

    /**
     * One alert.
     *
     * @param alert the alert from its highest generation
     * @param shown what the answer covers; empty if there is no topic of alerts
     */
    record Newest(Optional<TailEntry> alert, Optional<Coverage> shown) {}

    /** Reads the parameter {@code atLeast}, of which only the position in the topic of alerts counts. */
    ReadConsistency.Requirement wanted(Parameters parameters) {
        return consistency.of(parameters, config.alertsTopic());
    }

    /** A page of alerts. */
    Uni<ResultPage> page(AlertQuery query, Access access) {
        return consistency.reached(query.atLeast(), access).chain(() -> limits.pages()
                .run(access, () -> page(query)));
    }

    private Uni<ResultPage> page(AlertQuery query) {
        return Uni.createFrom()
                .item(() -> look(() -> inTail(query)))
                .runSubscriptionOn(Infrastructure.getDefaultExecutor())
                .chain(looked -> {
                    List<TailEntry> found =
                            looked.map(Tail.ConsistentRead::found).orElse(List.of());
                    return isWhole(query, found)
                            ? Uni.createFrom().item(query.page(found, covered(looked)))
                            : shown(query.atLeast(), looked).chain(shown -> merged(query, found, shown));
                });
    }

    /** One alert. One that the caller may not read is searched for like one that does not exist, and is empty. */
    Uni<Newest> one(String id, ReadConsistency.Requirement wanted, Access access) {
        return consistency
                .reached(wanted, access)
                .map(reached -> look(() -> feeds.tail().alerts().newest(id).filter(alert -> isReadable(alert, access))))
                .chain(looked -> one(id, wanted, access, looked));
    }

    private Uni<Newest> one(
            String id,
            ReadConsistency.Requirement wanted,
            Access access,
            Optional<Tail.ConsistentRead<Optional<TailEntry>>> looked) {
        Optional<TailEntry> inTail = looked.flatMap(Tail.ConsistentRead::found);
        if (inTail.filter(recent::ofNewestRun).isPresent()) {
            return Uni.createFrom().item(new Newest(inTail, covered(looked)));
        }
        ObjectNode search = Clauses.search(1, "id", id);
        return shown(wanted, looked).chain(shown -> limits.pages()
                .run(access, () -> stored(search))
                .map(stored -> new Newest(
                        Stream.concat(inTail.stream(), stored.stream().filter(alert -> isReadable(alert, access)))
                                .reduce(TailEntry::newer),
                        shown)));
    }

    /** What an answer from the tail alone covers. */
    private static Optional<Coverage> covered(Optional<? extends Tail.ConsistentRead<?>> looked) {
        return looked.map(read -> new Coverage(true, read.position()));
    }

    private static boolean isReadable(TailEntry alert, Access access) {
        return access.mayRead(alert.job(), alert.key());
    }

    private Uni<List<TailEntry>> stored(ObjectNode search) {
        return elasticsearch.find("alerts", search, StoredEntry::alert);
    }

    /** Reads the tail; empty if the topic of alerts does not exist. Fails with a 503 while the topic has not been read. */
    private <T> Optional<Tail.ConsistentRead<T>> look(Supplier<T> find) {
        Optional<Tail.ConsistentRead<T>> looked = feeds.tail().readConsistently(config.alertsTopic(), find);
        if (looked.isEmpty() && !feeds.alertsMissing()) {
            throw ProblemException.feedLoading();
        }
        return looked;
    }

    /** Alerts of the tail in the order of the query, at most one more than the page. */
    private List<TailEntry> inTail(AlertQuery query) {
        return feeds.tail().alerts().jobs().stream()
                .flatMap(job -> feeds.tail().alerts().windows(job, query.ascending(), query.after()).stream()
                        .filter(query::takes)
                        .limit(query.limit() + 1L))
                .sorted(Comparator.comparing(TailEntry::row, order(query)))
                .limit(query.limit() + 1L)
                .toList();
    }

    private static Comparator<Row> order(AlertQuery query) {
        return query.ascending() ? Comparator.naturalOrder() : Comparator.reverseOrder();
    }

    /** Whether the tail has all alerts up to the end of the page. Call it after the tail was read, because the tail drops old alerts. */
    private boolean isWhole(AlertQuery query, List<TailEntry> found) {
        Optional<Instant> first = query.ascending()
                ? query.after().map(Row::start).or(query::from)
                : found.size() > query.limit()
                        ? Optional.of(found.get(query.limit()).row().start())
                        : query.from();
        return first.isPresent()
                && recent.alertsSince()
                        .filter(since -> !first.get().isBefore(since))
                        .isPresent();
    }

    private Uni<Optional<Coverage>> shown(
            ReadConsistency.Requirement wanted, Optional<? extends Tail.ConsistentRead<?>> looked) {
        return looked.isEmpty()
                ? Uni.createFrom().item(Optional.empty())
                : consistency
                        .awaitCoverage(
                                wanted, looked.get().position(), looked.get().earliest())
                        .map(Optional::of);
    }

    private Uni<ResultPage> merged(AlertQuery query, List<TailEntry> found, Optional<Coverage> shown) {
        return stored(query.search()).map(stored -> {
            NavigableMap<Row, TailEntry> merged = new TreeMap<>(order(query));
            Stream.concat(found.stream(), stored.stream())
                    .forEach(alert -> merged.merge(alert.row(), alert, TailEntry::newer));
            return query.page(List.copyOf(merged.values()), shown);
        });
    }
}
