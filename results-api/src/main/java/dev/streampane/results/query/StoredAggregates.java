// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.SearchClient;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rolls up by Elasticsearch's own aggregations: any number of windows, in floating point, of what its searches show. */
@ApplicationScoped
class StoredAggregates {

    private final TailAndStore results;
    private final SearchClient elasticsearch;

    StoredAggregates(TailAndStore results, SearchClient elasticsearch) {
        this.results = results;
        this.elasticsearch = elasticsearch;
    }

    /** Buckets that are not exact; what the searches do not show in a moment is missing, and then the answer says so. */
    Uni<Aggregates.Rolled> of(AggregateQuery query, Optional<Measures.Found> metric) {
        return results.stored(query.atLeast(), results.position())
                .chain(
                        shown ->
                                elasticsearch
                                        .search("window-results", search(query, metric))
                                        .map(
                                                answer ->
                                                        new Aggregates.Rolled(
                                                                buckets(query, metric, answer),
                                                                TailAndStore.reason(shown),
                                                                shown.position())));
    }

    private static ObjectNode search(AggregateQuery query, Optional<Measures.Found> metric) {
        ObjectNode search = query.search().put("size", 0);
        ObjectNode bool = (ObjectNode) search.at("/query/bool");
        bool.putArray("must_not").addObject().putObject("term").put("status", "RETRACTED");
        ObjectNode buckets = search.putObject("aggs").putObject("buckets");
        ObjectNode composite = buckets.putObject("composite").put("size", Rollup.MAX_BUCKETS + 1);
        ObjectNode histogram =
                composite
                        .putArray("sources")
                        .addObject()
                        .putObject("start")
                        .putObject("date_histogram")
                        .put("field", "window.start");
        query.interval().histogram(histogram);
        ObjectNode perBucket = buckets.putObject("aggs");
        perBucket.putObject("count").putObject("sum").put("field", "count");
        perBucket
                .putObject("incomplete")
                .putObject("filter")
                .putObject("term")
                .put("complete", false);
        metric.ifPresent(
                found -> {
                    String field = "values." + field(query, found);
                    ((ArrayNode) bool.get("filter"))
                            .addObject()
                            .putObject("exists")
                            .put("field", field);
                    value(query, found, field, perBucket);
                });
        return search;
    }

    private static String field(AggregateQuery query, Measures.Found found) {
        Measure measure = found.measure();
        Optional<String> field =
                switch (query.fn()) {
                    case MIN -> measure.field(found.sample(), "min_", "");
                    case MAX -> measure.field(found.sample(), "max_", "");
                    case AVG, SUM, COUNT ->
                            measure.field(found.sample(), "total_", "avg_", "", "min_", "max_");
                };
        return field.orElse(measure.name());
    }

    private static void value(
            AggregateQuery query, Measures.Found found, String field, ObjectNode aggregations) {
        ObjectNode value = aggregations.putObject("value");
        switch (query.fn()) {
            case MIN -> value.putObject("min").put("field", field);
            case MAX -> value.putObject("max").put("field", field);
            case COUNT -> value.putObject("value_count").put("field", field);
            case AVG, SUM -> {
                if (isTotal(found, field)) {
                    value.putObject("sum").put("field", field);
                } else {
                    ObjectNode mean = value.putObject("weighted_avg");
                    mean.putObject("value").put("field", field);
                    mean.putObject("weight").put("field", "count");
                }
            }
        }
    }

    private static boolean isTotal(Measures.Found found, String field) {
        return field.equals("values.total_" + found.measure().name());
    }

    private static List<ObjectNode> buckets(
            AggregateQuery query, Optional<Measures.Found> metric, JsonNode answer) {
        JsonNode found = answer.at("/aggregations/buckets/buckets");
        Aggregates.checkBuckets(found.size());
        List<ObjectNode> buckets = new ArrayList<>();
        for (JsonNode bucket : found) {
            buckets.add(
                    Rollup.item(
                            query.interval(),
                            Instant.ofEpochMilli(bucket.at("/key/start").asLong()),
                            BigDecimal.valueOf(number(query, metric, bucket))
                                    .setScale(Rollup.AVERAGE_SCALE, RoundingMode.HALF_EVEN),
                            bucket.at("/count/value").asLong(),
                            bucket.path("doc_count").asLong(),
                            bucket.at("/incomplete/doc_count").asLong(),
                            false));
        }
        return buckets;
    }

    private static double number(
            AggregateQuery query, Optional<Measures.Found> metric, JsonNode bucket) {
        double count = bucket.at("/count/value").asDouble();
        double value = bucket.at("/value/value").asDouble();
        boolean total =
                metric.map(found -> isTotal(found, "values." + field(query, found))).orElse(false);
        return switch (query.fn()) {
            case COUNT -> count;
            case MIN, MAX -> value;
            case AVG -> total ? value / count : value;
            case SUM -> total ? value : value * count;
        };
    }
}
