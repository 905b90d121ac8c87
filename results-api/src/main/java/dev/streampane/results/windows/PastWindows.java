// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.consistency.TailAndStore.Answer;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailEntry;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestResponse;

/** Windows as they were known at a moment in the past: the newest revision of each that was known then, from the tail and Elasticsearch. */
@Singleton
record PastWindows(TailAndStore results, SearchClient elasticsearch, ReadConsistency consistency) {

    /** Maximum number of windows in one answer. */
    static final int MAX_WINDOWS = 500;

    /**
     * What was known.
     *
     * @param windows by id; without those of which nothing was known
     * @param position the position that was asked for; for an instant, the position up to which the log was read to answer
     */
    record Past(Map<String, Revision> windows, TopicPosition position) {}

    /** The answer to a request for one window. A window that the caller may not read is answered as unknown. */
    Uni<RestResponse<String>> answer(String id, AsOf asOf, Access access) {
        return reached(asOf, access)
                .chain(then -> known(List.of(id), then, access))
                .map(known -> Optional.ofNullable(known.windows().get(id))
                        .map(revision ->
                                ResultPage.answer(ResultJson.of(revision.entry()), Optional.of(known.position())))
                        .orElseThrow(() -> ProblemException.unknownId("window", id)));
    }

    /**
     * The windows of {@code now}, and those that only the history still has, that the query takes as they were known then. {@link #reached} has
     * to complete before {@code now} is read.
     *
     * <p>Fails with 422 when there are more than {@link #MAX_WINDOWS}.
     */
    Uni<ResultPage> page(WindowQuery query, AsOf asOf, WindowPage now, Access access) {
        checkAll(now.next().isEmpty());
        return inHistory(query.filter())
                .map(history -> ids(now, history))
                .chain(ids -> known(ids, asOf, access))
                .map(known -> new ResultPage(
                        known.windows().values().stream()
                                .map(Revision::entry)
                                .filter(query.filter()::holds)
                                .filter(query.filter()::takes)
                                .sorted(Comparator.comparing(TailEntry::row, query.order()))
                                .map(query.fields()::of)
                                .toList(),
                        Optional.empty(),
                        now.shown().reason(),
                        known.position()));
    }

    /** The ids of at most one window more than an answer has. */
    private Uni<List<String>> inHistory(WindowFilter filter) {
        ObjectNode search = Clauses.search(MAX_WINDOWS + 1);
        filter.addCovered(Clauses.filters(search));
        Clauses.collapse(search);
        search.putArray("_source").add("id");
        return elasticsearch.find(
                History.INDEX, search, source -> source.path("id").asText());
    }

    private static Set<String> ids(WindowPage now, List<String> history) {
        Set<String> ids = new HashSet<>(history);
        now.rows().forEach(window -> ids.add(window.id()));
        checkAll(ids.size() <= MAX_WINDOWS);
        return ids;
    }

    private static void checkAll(boolean all) {
        if (!all) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_WINDOWS,
                    "there are more than " + MAX_WINDOWS + " windows; narrow key, from and to");
        }
    }

    /**
     * What was known of at most {@link #MAX_WINDOWS} windows, without those that the caller may not read.
     *
     * <p>Fails with 422 when it cannot be told whether a revision was known then, or which one was, because only later ones are kept. Fails
     * with 503 when Elasticsearch does not show everything that has left the tail.
     */
    private Uni<Past> known(Collection<String> ids, AsOf asOf, Access access) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(new Past(Map.of(), asOf.position().orElseGet(results::position)));
        }
        // no position is required, but Elasticsearch gets time to show what has left the tail
        return results.read(
                        consistency.of(Optional.empty()),
                        index -> ids.stream().map(index::revisions).toList())
                .chain(read -> known(ids, asOf, read, access));
    }

    private Uni<Past> known(Collection<String> ids, AsOf asOf, Answer<List<List<TailEntry>>> read, Access access) {
        TopicPosition position = read.shown().position();
        asOf.position().ifPresent(place -> checkTopicId(place, position));
        if (!read.shown().complete()) {
            throw consistency.behind();
        }
        List<Revision> inTail = read.found().stream()
                .flatMap(List::stream)
                .map(entry -> new Revision(position.id(), entry))
                .filter(revision -> revision.mayBeReadBy(access))
                .toList();
        return stored(ids, asOf, position, access).chain(stored -> {
            Map<String, Revision> windows = Stream.concat(inTail.stream(), stored.stream())
                    .filter(asOf::knows)
                    .collect(Collectors.toMap(
                            Revision::id,
                            Function.identity(),
                            BinaryOperator.maxBy(Comparator.comparingLong(
                                    revision -> revision.entry().version()))));
            Set<String> unknown = new HashSet<>(ids);
            unknown.removeAll(windows.keySet());
            return checkKept(unknown, inTail, access)
                    .map(kept -> new Past(windows, asOf.position().orElse(position)));
        });
    }

    /** Refuses a window of which revisions are kept, unless the oldest of them is its first: another one that is gone may have been known then. */
    private Uni<Void> checkKept(Set<String> ids, List<Revision> inTail, Access access) {
        if (ids.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        ObjectNode search = Clauses.onePerId(ids);
        Clauses.byGeneration(search);
        Uni<List<Revision>> newest = find("window-results", search, access);
        return find(History.INDEX, search, access)
                .chain(history -> newest.invoke(stored -> checkFirst(ids, inTail, history, stored)))
                .replaceWithVoid();
    }

    private static void checkFirst(
            Set<String> ids, List<Revision> inTail, List<Revision> history, List<Revision> newest) {
        Map<String, Instant> keptSince = new HashMap<>();
        history.forEach(revision -> revision.appended().ifPresent(appended -> keptSince.put(revision.id(), appended)));
        Stream.of(inTail, history, newest)
                .flatMap(List::stream)
                .filter(revision -> ids.contains(revision.id()))
                .collect(Collectors.toMap(Revision::id, Function.identity(), BinaryOperator.minBy(Revision.AGE)))
                .forEach((id, oldest) -> {
                    if (!oldest.isFirst(keptSince.getOrDefault(id, Instant.now()))) {
                        throw new ProblemException(
                                ProblemType.HISTORY_GONE,
                                "the revision of "
                                        + Parameters.shown(id)
                                        + " at that time may have been dropped, only later ones are kept");
                    }
                });
    }

    /** The newest revisions in Elasticsearch that were known. If an append time was not kept, the offset is compared instead. */
    private Uni<List<Revision>> stored(Collection<String> ids, AsOf asOf, TopicPosition position, Access access) {
        ObjectNode search = Clauses.onePerId(ids);
        asOf.filter(Clauses.filters(search));
        Clauses.byVersion(search, "desc");
        Uni<List<Revision>> found = find(History.INDICES, search, access);
        return asOf.instant().isPresent() ? found.invoke(rows -> rows.forEach(row -> checkTime(row, position))) : found;
    }

    /** The revisions found that the caller may read. The others are left out here, so that no error tells the caller of them. */
    private Uni<List<Revision>> find(String indices, ObjectNode search, Access access) {
        return elasticsearch.find(indices, search, Revision::of).map(found -> found.stream()
                .filter(revision -> revision.mayBeReadBy(access))
                .toList());
    }

    private static void checkTime(Revision revision, TopicPosition position) {
        if (revision.appended().isEmpty() && !revision.topicId().equals(position.id())) {
            throw new ProblemException(
                    ProblemType.UNKNOWN_TIME,
                    "the append time of a revision of "
                            + Parameters.shown(revision.id())
                            + " was not kept; ask by position");
        }
    }

    /**
     * Waits until this process has read everything that was known then. Returns the moment, for an instant with the offsets that lie after it.
     *
     * <p>Fails with 400 when the position has another topic id or lies beyond the end of the log, with 504 when this process does
     * not read that far in time, with 503 when Kafka does not answer in time.
     */
    Uni<AsOf> reached(AsOf asOf, Access access) {
        // event ids of streams may lie after transaction markers, which reached() includes and position() does not
        TopicPosition now = results.feeds()
                .tail()
                .reached()
                .topic(results.feeds().resultsTopic())
                .orElseThrow(ProblemException::feedLoading);
        if (asOf.instant().isPresent()) {
            return consistency
                    .readers(access)
                    .offsetsAt(now.name(), asOf.instant().get().plusMillis(1))
                    .map(offsets -> asOf.withOffsets(new TopicPosition(now.name(), now.id(), offsets)))
                    .call(known -> reached(known.place().orElseThrow(), access));
        }
        TopicPosition wanted = asOf.place().orElseThrow();
        checkTopicId(wanted, now);
        if (now.withPartitions(wanted.offsets().length).reaches(wanted)) {
            return Uni.createFrom().item(asOf);
        }
        return consistency
                .readers(access)
                .layout(wanted.name())
                .invoke(topic -> checkEnds(wanted, topic.ends()))
                .chain(() -> reached(wanted, access))
                .replaceWith(asOf);
    }

    private Uni<Void> reached(TopicPosition wanted, Access access) {
        return consistency.reached(consistency.of(Optional.of(wanted)), access);
    }

    private static void checkTopicId(TopicPosition wanted, TopicPosition now) {
        if (!wanted.id().equals(now.id())) {
            throw refused(
                    "has another topic id: the topic was recreated; allowed is a position of the current topic, or an instant");
        }
    }

    private static void checkEnds(TopicPosition wanted, long[] ends) {
        if (!new TopicPosition(wanted.name(), wanted.id(), ends).reaches(wanted)) {
            throw refused("is in the future: the log ends before it");
        }
    }

    private static ProblemException refused(String detail) {
        return ProblemException.invalid(AsOf.PARAMETER.name(), detail);
    }
}
