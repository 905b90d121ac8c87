// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.Series;
import dev.streampane.results.tail.TailIndex;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The window specifications for which a job has results. */
@Singleton
public record JobSpecs(TailAndStore results, SearchClient elasticsearch) {

    /** More than a job can have had: a generation has at most 16. */
    static final int MAX_SPECS = 10_000;

    private static final String SPECS = String.format(Locale.ROOT, """
            {"specs": {"terms": {"field": "spec", "size": %d}}}
            """, MAX_SPECS);

    private static final Pattern OVERLAPPING = Pattern.compile("(all:)?(sliding|global)\\(.*");

    /** All specifications, from tail and store; some may be missing unless the coverage of the answer is complete. */
    public Uni<TailAndStore.Answer<SortedSet<String>>> of(String job, ReadConsistency.Requirement wanted) {
        return results.read(wanted, index -> inTail(index, job))
                .call(read -> stored(job).invoke(read.found()::addAll));
    }

    private static SortedSet<String> inTail(TailIndex index, String job) {
        return index.series().stream()
                .filter(series -> series.job().equals(job))
                .map(Series::spec)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Uni<List<String>> stored(String job) {
        ObjectNode search = Clauses.search(0, "job", job);
        search.set("aggs", ResultJson.read(SPECS));
        return elasticsearch.search("window-results", search).map(answer -> answer.at("/aggregations/specs/buckets")
                .findValuesAsText("key"));
    }

    /**
     * The specification whose windows are to be rolled up.
     *
     * @throws ProblemException 400 if {@code asked} is not one of the job's, or is absent although the job has several; 422 if records
     *     would count more than once
     */
    public static String toRollUp(Optional<String> asked, SortedSet<String> specs) {
        if (asked.isEmpty() && specs.size() > 1) {
            throw refused("is missing, and windows of several specifications hold the same records;" + allowed(specs));
        }
        String spec = asked.orElseGet(specs::first);
        if (!specs.contains(spec)) {
            throw refused("'" + Parameters.shown(spec) + "' is not a specification of this job;" + allowed(specs));
        }
        if (OVERLAPPING.matcher(spec).matches()) {
            throw new ProblemException(
                    ProblemType.OVERLAPPING_WINDOWS,
                    "windows of "
                            + spec
                            + " cannot be rolled up: "
                            + (spec.contains("sliding(")
                                    ? "a record counts in several of them"
                                    : "they have no time bounds"));
        }
        return spec;
    }

    private static String allowed(SortedSet<String> specs) {
        return " allowed is " + String.join(" or ", specs);
    }

    private static ProblemException refused(String detail) {
        return ProblemException.invalid("spec", detail);
    }
}
