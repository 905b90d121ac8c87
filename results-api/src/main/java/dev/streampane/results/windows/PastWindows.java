// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.ResultsConfig;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.log.Position;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailEntry;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestResponse;

/** Windows as they were known at a moment in the past: the newest revision of each that was known then, from the tail and Elasticsearch. */
@Singleton
record PastWindows(
        TailAndStore results, SearchClient elasticsearch, ReadConsistency consistency, ResultsConfig config) {

    /** Maximum number of windows in one answer. */
    static final int MAX_WINDOWS = 500;

    /**
     * What was known.
     *
     * @param windows by id; without those of which nothing was known
     * @param position the position that was asked for; for an instant, the position up to which the log was read to answer
     */
    record Past(Map<String, Revision> windows, Position.Topic position) {}

    /** The answer to a request for one window. A window that the caller may not read is answered as unknown. */
    Uni<RestResponse<String>> answer(String id, AsOf asOf, Access access) {
        return reached(asOf, access)
                .chain(() -> known(List.of(id), asOf, access))
                .map(known -> Optional.ofNullable(known.windows().get(id))
                        .map(revision ->
                                ResultPage.answer(ResultJson.of(revision.entry()), Optional.of(known.position())))
                        .orElseThrow(() -> new ProblemException(Problem.unknownId("window", id))));
    }

    /**
     * The windows of {@code now}, in their order, that the query takes as they were known then. {@link #reached} has to complete before this
     * is called, and before {@code now} is read.
     *
     * @throws ProblemException 422 when more windows follow {@code now}
     */
    Uni<ResultPage> page(WindowQuery query, AsOf asOf, WindowPage now, Access access) {
        if (now.next().isPresent()) {
            throw new ProblemException(Problem.of(
                    ProblemType.TOO_MANY_WINDOWS,
                    "there are more than " + MAX_WINDOWS + " windows; narrow key, from and to"));
        }
        List<String> ids = now.rows().stream().map(TailEntry::id).toList();
        return known(ids, asOf, access)
                .map(known -> new ResultPage(
                        ids.stream()
                                .map(known.windows()::get)
                                .filter(Objects::nonNull)
                                .map(Revision::entry)
                                .filter(query.filter()::takes)
                                .map(query.fields()::of)
                                .toList(),
                        Optional.empty(),
                        now.shown().reason(),
                        known.position()));
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
                        waiting(Optional.empty()),
                        index -> ids.stream().map(index::revisions).toList())
                .chain(read -> known(ids, asOf, read, access));
    }

    private Uni<Past> known(
            Collection<String> ids, AsOf asOf, TailAndStore.Answer<List<List<TailEntry>>> read, Access access) {
        Position.Topic position = read.shown().position();
        asOf.position().ifPresent(place -> checkLife(place, position));
        if (!read.shown().complete()) {
            throw consistency.behind();
        }
        List<Revision> inTail = read.found().stream()
                .flatMap(List::stream)
                .map(entry -> new Revision(position.id(), entry))
                .filter(revision -> revision.mayBeReadBy(access))
                .toList();
        return stored(ids, asOf, position, access).chain(stored -> {
            Map<String, Revision> windows = new HashMap<>();
            Stream.concat(inTail.stream(), stored.stream()).forEach(revision -> take(windows, revision, asOf));
            Set<String> unknown = new HashSet<>(ids);
            unknown.removeAll(windows.keySet());
            return checkKept(unknown, inTail, access)
                    .map(kept -> new Past(windows, asOf.position().orElse(position)));
        });
    }

    /** Refuses a window of which revisions are kept, but not the first one: that one, or another one that is gone, may have been known then. */
    private Uni<Void> checkKept(Set<String> ids, List<Revision> inTail, Access access) {
        if (ids.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        ObjectNode search = Clauses.search(ids.size());
        Clauses.terms(Clauses.filters(search), "id", ids);
        search.putObject("collapse").put("field", "id");
        // sorts FINAL before RETRACTED and REVISED
        search.putArray("sort")
                .addObject()
                .putObject("status")
                .put("order", "asc")
                .put("unmapped_type", "keyword");
        return find(search, access)
                .invoke(stored -> Stream.concat(inTail.stream(), stored.stream())
                        .filter(revision -> ids.contains(revision.id()))
                        .collect(Collectors.toMap(Revision::id, Revision::isFinal, Boolean::logicalOr))
                        .forEach(PastWindows::checkFirst))
                .replaceWithVoid();
    }

    private static void checkFirst(String id, boolean kept) {
        if (!kept) {
            throw new ProblemException(Problem.of(
                    ProblemType.HISTORY_GONE,
                    "which revision of " + Parameters.shown(id)
                            + " was known then is not kept any more, only later ones are"));
        }
    }

    private static void take(Map<String, Revision> windows, Revision revision, AsOf asOf) {
        if (asOf.knows(revision)) {
            windows.merge(
                    revision.id(),
                    revision,
                    (one, other) -> one.entry().version() >= other.entry().version() ? one : other);
        }
    }

    /** The newest revisions in Elasticsearch that were known. If an append time was not kept, the offset is compared instead. */
    private Uni<List<Revision>> stored(Collection<String> ids, AsOf asOf, Position.Topic position, Access access) {
        return search(ids, asOf, access).chain(found -> {
            if (asOf.instant().isEmpty()
                    || found.stream().allMatch(row -> row.appended().isPresent())) {
                return Uni.createFrom().item(found);
            }
            return consistency
                    .readers(access)
                    .offsetsAt(position.name(), asOf.instant().get().plusMillis(1))
                    .map(offsets -> asOf.withOffsets(new Position.Topic(position.name(), position.id(), offsets)))
                    .chain(known -> search(ids, known, access))
                    .invoke(rows -> rows.forEach(row -> checkTime(row, position)));
        });
    }

    private Uni<List<Revision>> search(Collection<String> ids, AsOf asOf, Access access) {
        ObjectNode search = Clauses.search(ids.size());
        ArrayNode filters = Clauses.filters(search);
        Clauses.terms(filters, "id", ids);
        asOf.filter(filters);
        search.putObject("collapse").put("field", "id");
        Clauses.byVersion(search, "desc");
        return find(search, access);
    }

    /** The revisions found that the caller may read. The others are left out here, so that no error tells the caller of them. */
    private Uni<List<Revision>> find(ObjectNode search, Access access) {
        return elasticsearch.find(History.INDICES, search, Revision::of).map(found -> found.stream()
                .filter(revision -> revision.mayBeReadBy(access))
                .toList());
    }

    private static void checkTime(Revision revision, Position.Topic position) {
        if (revision.appended().isEmpty() && !revision.topicId().equals(position.id())) {
            throw new ProblemException(Problem.of(
                    ProblemType.UNKNOWN_TIME,
                    "when a revision of "
                            + Parameters.shown(revision.id())
                            + " was appended was not kept; ask by a position"));
        }
    }

    /**
     * Waits until this process has read everything that was known then.
     *
     * <p>Fails with 400 when the position is of another life of the topic or lies beyond the end of the log, with 504 when this process does
     * not read that far in time, with 503 when Kafka does not answer in time.
     */
    Uni<Void> reached(AsOf asOf, Access access) {
        // event ids of streams may lie after transaction markers, which reached() includes and position() does not
        Position.Topic now = results.feeds()
                .tail()
                .reached()
                .topic(results.feeds().resultsTopic())
                .orElseThrow(ProblemException::feedLoading);
        if (asOf.position().isEmpty()) {
            return consistency
                    .readers(access)
                    .offsetsAt(now.name(), asOf.instant().orElseThrow().plusMillis(1))
                    .chain(offsets -> reached(new Position.Topic(now.name(), now.id(), offsets), access));
        }
        Position.Topic wanted = asOf.position().get();
        checkLife(wanted, now);
        if (now.withPartitions(wanted.offsets().length).reaches(wanted)) {
            return Uni.createFrom().voidItem();
        }
        return consistency
                .readers(access)
                .layout(wanted.name())
                .invoke(topic -> checkEnds(wanted, topic.ends()))
                .chain(() -> reached(wanted, access));
    }

    private Uni<Void> reached(Position.Topic wanted, Access access) {
        return consistency.reached(waiting(Optional.of(wanted)), access);
    }

    private ReadConsistency.Requirement waiting(Optional<Position.Topic> wanted) {
        return new ReadConsistency.Requirement(
                wanted, System.nanoTime() + config.query().atLeastTimeout().toNanos());
    }

    private static void checkLife(Position.Topic wanted, Position.Topic now) {
        if (!wanted.id().equals(now.id())) {
            throw refused(
                    "belongs to another life of the topic, which was recreated; allowed is a position of this one, or an instant");
        }
    }

    private static void checkEnds(Position.Topic wanted, long[] ends) {
        for (int partition = 0; partition < wanted.offsets().length; partition++) {
            if (partition >= ends.length || wanted.offsets()[partition] > ends[partition]) {
                throw refused("is in the future: the log does not reach so far");
            }
        }
    }

    private static ProblemException refused(String detail) {
        return ProblemException.invalid(AsOf.PARAMETER.name(), detail);
    }
}
