// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.aggregates.AggregateQuery.Function;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.SearchClient;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Rolls up windows with Elasticsearch aggregations: any number of windows, in floating point. */
@Singleton
record StoredAggregates(SearchClient elasticsearch) {

    /** Decimals to which floating-point numbers are rounded. */
    private static final int SCALE = 6;

    private static final String PER_BUCKET = """
            {"count": {"sum": {"field": "count"}},
             "incomplete": {"filter": {"term": {"complete": false}}},
             "end": {"max": {"field": "window.end"}}}
            """;

    /** Adds the windows that Elasticsearch shows to {@code rollup}, except those with the ids in {@code without}. */
    Uni<Void> add(AggregateQuery query, Set<String> without, Rollup<?> rollup) {
        return hasTexts(query, without).chain(found -> {
            if (found) {
                throw new ProblemException(
                        ProblemType.TOO_MANY_WINDOWS,
                        "Elasticsearch cannot add up results of texts and numbers, which do not say how many were numbers; choose a"
                                + " shorter time, so that they are added up one by one.");
            }
            return elasticsearch
                    .search("window-results", addedUp(query, without))
                    .map(answer -> answer.at("/aggregations/buckets/buckets"))
                    .invoke(buckets -> {
                        Rollup.check(buckets.size(), query.grouping());
                        buckets.forEach(bucket -> add(query, bucket, rollup));
                    })
                    .replaceWithVoid();
        });
    }

    /** Whether any window has a text, if a sum would be computed from averages; else false. */
    private Uni<Boolean> hasTexts(AggregateQuery query, Set<String> without) {
        if (query.fn() != Function.SUM || !isMean(query)) {
            return Uni.createFrom().item(false);
        }
        return elasticsearch
                .fields("window-results-" + query.job() + "-*", "values.*", "keyword")
                .chain(texts -> texts.isEmpty()
                        ? Uni.createFrom().item(false)
                        : elasticsearch
                                .search("window-results", withTexts(search(query, without), texts))
                                .map(answer -> answer.at("/hits/total/value").asLong() > 0));
    }

    private static ObjectNode withTexts(ObjectNode search, JsonNode texts) {
        Set<String> names = texts.propertyStream().map(Map.Entry::getKey).collect(Collectors.toSet());
        ArrayNode any = Clauses.any(Clauses.filters(search));
        names.forEach(name -> Clauses.exists(any, name));
        Clauses.terms(any, "_ignored", names); // texts that are too long to be indexed
        return search.put("track_total_hits", 1);
    }

    /** A search for the windows to add up, which returns no rows. */
    private static ObjectNode search(AggregateQuery query, Set<String> without) {
        ObjectNode search = query.searchBut(without);
        Clauses.excludeRetracted(search);
        field(query).ifPresent(field -> Clauses.exists(Clauses.filters(search), field));
        return search;
    }

    private static ObjectNode addedUp(AggregateQuery query, Set<String> without) {
        ObjectNode search = search(query, without);
        ObjectNode buckets = search.putObject("aggs").putObject("buckets");
        ObjectNode composite = buckets.putObject("composite").put("size", Rollup.MAX_BUCKETS + 1);
        query.grouping().addTo(composite.putArray("sources").addObject().putObject("group"));
        ObjectNode perBucket = (ObjectNode) ResultJson.read(PER_BUCKET);
        buckets.set("aggs", perBucket);
        field(query).ifPresent(field -> aggregate(query, field, perBucket.putObject("value")));
        return search;
    }

    /** The field that Elasticsearch aggregates over; empty if only records are counted. */
    private static Optional<String> field(AggregateQuery query) {
        return query.measure().map(measure -> "values." + measure.field(query.fn()));
    }

    private static void aggregate(AggregateQuery query, String field, ObjectNode value) {
        if (isMean(query)) {
            ObjectNode mean = value.putObject("weighted_avg");
            mean.putObject("value").put("field", field);
            mean.putObject("weight").put("field", "count");
            return;
        }
        String aggregation =
                switch (query.fn()) {
                    case MIN -> "min";
                    case MAX -> "max";
                    case COUNT -> "value_count";
                    case AVG, SUM -> "sum";
                };
        value.putObject(aggregation).put("field", field);
    }

    /** Whether Elasticsearch has only averages to compute the answer from. */
    private static boolean isMean(AggregateQuery query) {
        return (query.fn() == Function.AVG || query.fn() == Function.SUM)
                && query.measure()
                        .filter(measure -> !measure.field(query.fn()).equals("total_" + measure.name()))
                        .isPresent();
    }

    private static void add(AggregateQuery query, JsonNode bucket, Rollup<?> rollup) {
        long count = bucket.at("/count/value").asLong();
        BigDecimal value = BigDecimal.valueOf(bucket.at("/value/value").asDouble());
        BigDecimal number = isMean(query) ? value.multiply(BigDecimal.valueOf(count)) : value;
        rollup.addStored(
                bucket.at("/key/group"),
                new Measure.Reading(number.setScale(SCALE, RoundingMode.HALF_EVEN), false),
                count,
                bucket.path("doc_count").asLong(),
                bucket.at("/incomplete/doc_count").asLong(),
                Instant.ofEpochMilli(bucket.at("/end/value").asLong()));
    }
}
