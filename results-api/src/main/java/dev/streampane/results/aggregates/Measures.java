// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.aggregates.AggregateQuery.Function;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.TailAndStore;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import dev.streampane.results.tail.TailIndex;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out what the name of a metric means for a job, from sample results that are not RETRACTED. */
@Singleton
record Measures(TailAndStore results, SearchClient elasticsearch, ReadConsistency consistency) {

    private static final int SAMPLES = 20;

    private static final String NEWEST_BEST = """
            [{"_score": "desc"}, {"window.start": {"order": "desc", "unmapped_type": "date"}}]
            """;

    /**
     * The measure that the query names. Empty if the query needs none, or if there are no windows. Fails with 400 if the results have no
     * metric of that name, or none for the function; the error names the metrics that there are.
     */
    Uni<Optional<Measure>> of(AggregateQuery query) {
        if (!query.measures()) {
            return Uni.createFrom().item(Optional.empty());
        }
        return results.read(query.atLeast(), index -> inTail(index, query))
                .call(read -> stored(query).invoke(read.found()::addAll))
                .map(read -> query.metric().isPresent()
                                && read.found().isEmpty()
                                && read.shown().complete()
                        ? Optional.empty()
                        : Optional.of(consistency.found(read.shown(), () -> found(query, read.found()))));
    }

    private static List<JsonNode> inTail(TailIndex index, AggregateQuery query) {
        return index.windows(query.job(), false, Optional.empty()).stream()
                .filter(window -> query.windows().holds(window) && !window.isRetracted())
                .limit(SAMPLES)
                .map(ResultJson::of)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static Measure found(AggregateQuery query, List<JsonNode> samples) {
        String name = query.metric().orElse("");
        List<Measure> all = samples.stream()
                .flatMap(sample -> Measure.of(name, sample).stream())
                .toList();
        Measure found = all.stream()
                .filter(measure -> measure.functions().contains(query.fn()))
                .findFirst()
                .or(() -> all.stream().findFirst())
                .orElseThrow(() -> unknown(query, samples));
        if (!found.functions().contains(query.fn())) {
            throw ProblemException.invalid(
                    "metric",
                    "'"
                            + name
                            + "' is for fn="
                            + found.functions().stream()
                                    .map(Function::word)
                                    .sorted()
                                    .collect(Collectors.joining(" or "))
                            + ", not for fn="
                            + query.fn().word()
                            + allowed(samples, query.fn()));
        }
        return found;
    }

    /** Samples from Elasticsearch: windows that have the metric first, then the newest first. */
    private Uni<List<JsonNode>> stored(AggregateQuery query) {
        ObjectNode search = query.searchBut(Set.of()).put("size", SAMPLES);
        Clauses.excludeRetracted(search);
        query.metric().ifPresent(name -> {
            ArrayNode should = search.withArray("/query/bool/should");
            for (String field : List.of("sums.", "values.")) {
                should.addObject().withObject("/constant_score/filter/exists").put("field", field + name);
            }
        });
        Clauses.sort(search, NEWEST_BEST);
        return elasticsearch.find("window-results", search, ResultJson::of);
    }

    private static ProblemException unknown(AggregateQuery query, List<JsonNode> samples) {
        return ProblemException.invalid(
                "metric",
                query.metric()
                                .map(name -> "'" + Parameters.shown(name) + "' is not a metric of this job")
                                .orElse("is missing")
                        + allowed(samples, query.fn()));
    }

    /** The end of an error message that lists the metrics that the function can be applied to. */
    private static String allowed(List<JsonNode> samples, Function function) {
        String names = samples.stream()
                .flatMap(sample -> Stream.of("sums", "values")
                        .flatMap(field -> sample.path(field).propertyStream())
                        .map(Map.Entry::getKey)
                        .filter(name -> Measure.of(name, sample)
                                .filter(measure -> measure.functions().contains(function))
                                .isPresent()))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" or "));
        return names.isEmpty() ? "" : "; allowed is " + names;
    }
}
