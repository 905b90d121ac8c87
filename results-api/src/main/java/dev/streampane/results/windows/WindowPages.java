// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.consistency.RecentWindows;
import dev.streampane.results.jobs.JobDirectory;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailFeeds;
import dev.streampane.results.tail.TailIndex.Row;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers a {@link WindowQuery}: reads parts of {@link MergedWindows} until the page is full. */
@Singleton
public record WindowPages(
        TailFeeds feeds,
        MergedWindows windows,
        RecentWindows recent,
        JobValues values,
        ReadConsistency consistency,
        JobDirectory jobs) {

    /** Waits until this process has read the position that the query requires. */
    Uni<Void> ready(WindowQuery query, Access access) {
        checkLoaded();
        return consistency.reached(query.atLeast(), access);
    }

    /** Refuses a query that names values that no result has. This may search Elasticsearch, so the caller must hold a permit. */
    Uni<Void> checkValues(WindowQuery query) {
        return values.check(query);
    }

    /** The first rows of the query; fails with 404 if the job is unknown. */
    Uni<WindowPage> first(WindowQuery query, int max) {
        return read(query, query.after(), max, Optional.empty())
                .call(page -> page.rows().isEmpty() && query.after().isEmpty()
                        ? jobs.checkKnown(query.filter().job())
                        : Uni.createFrom().voidItem());
    }

    /**
     * The rows after {@code after}, at most {@code max}, and whether more follow.
     *
     * @param before what the rows before them hold; the answer holds no more than that
     */
    Uni<WindowPage> read(WindowQuery query, Optional<Row> after, int max, Optional<Coverage> before) {
        return collect(query, after, max, List.of(), before)
                .onFailure(ProblemException.class)
                .transform(failure -> withFrom(query, failure));
    }

    /** Fails until the log has been read to its end once. */
    void checkLoaded() {
        if (!feeds.loaded()) {
            throw ProblemException.feedLoading();
        }
    }

    /** Fails when rows may be missing or be in an older revision; for formats that cannot say so. */
    void checkWhole(WindowPage page) {
        if (!page.shown().complete()) {
            throw consistency.behind();
        }
    }

    private Uni<WindowPage> collect(
            WindowQuery query, Optional<Row> after, int max, List<TailEntry> before, Optional<Coverage> shownBefore) {
        return windows.part(
                        query.filter(), query.ascending(), after, max + 1 - before.size(), wanted(query, shownBefore))
                .chain(part -> {
                    List<TailEntry> rows = new ArrayList<>(before);
                    rows.addAll(part.rows());
                    Coverage shown =
                            shownBefore.map(first -> first.and(part.shown())).orElse(part.shown());
                    if (rows.size() <= max && part.next().isPresent()) {
                        return collect(query, part.next(), max, rows, Optional.of(shown));
                    }
                    return Uni.createFrom().item(WindowPage.of(rows, max, Optional.empty(), shown));
                });
    }

    /** Each part may wait for Elasticsearch for the full time again, until one part has waited in vain. */
    private Requirement wanted(WindowQuery query, Optional<Coverage> before) {
        return before.filter(Coverage::complete).isPresent()
                ? consistency.of(query.atLeast().position())
                : query.atLeast();
    }

    /** Adds to the problem which windows can be answered from memory while Elasticsearch is unavailable. */
    private ProblemException withFrom(WindowQuery query, ProblemException failure) {
        Problem problem = failure.problem();
        Optional<String> from = recent.since(query.filter().job()).map(since -> "from=" + since);
        return problem.type() == ProblemType.STORE_UNAVAILABLE && from.isPresent()
                ? new ProblemException(Problem.of(
                                problem.type(),
                                "Elasticsearch does not answer in time; windows of this job are answered"
                                        + " from memory with "
                                        + from.get()
                                        + ", live results go on at /api/v1/stream.")
                        .withHeaders(problem.headers()))
                : failure;
    }
}
