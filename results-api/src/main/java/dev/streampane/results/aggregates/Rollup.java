// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.aggregates.AggregateQuery.Function;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.store.ResultJson;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Adds windows to buckets, one bucket for each group, in exact arithmetic. Leaves out RETRACTED windows and those without the measure. Not
 * thread-safe.
 */
final class Rollup<G extends Comparable<G>> {

    /** Decimals of an average. */
    private static final int AVERAGE_SCALE = 6;

    /** Maximum number of intervals in an answer, and of buckets that Elasticsearch may return. */
    static final int MAX_BUCKETS = 10_000;

    static final class Bucket {
        private BigDecimal number;
        private long count;
        private long windows;
        private long incomplete;
        private boolean exact = true;
        private boolean whole = true;
    }

    /** A bucket with its group and its value. */
    record Entry<G>(G group, BigDecimal value, Bucket bucket) {}

    /**
     * The result of a roll-up.
     *
     * @param items the buckets in the answer, in their order
     * @param groups number of all buckets, also those that are not in the answer
     * @param exact whether all buckets are exact
     * @param incomplete number of windows in all buckets that are not complete
     */
    record Rolled(List<ObjectNode> items, int groups, boolean exact, long incomplete) {

        static final Rolled NOTHING = new Rolled(List.of(), 0, true, 0);
    }

    private final Function function;
    private final Optional<Measure> measure;
    private final Grouping<G> grouping;
    private final NavigableMap<G, Bucket> buckets = new TreeMap<>();

    /**
     * @param measure empty: all windows and their records are counted
     */
    Rollup(Function function, Optional<Measure> measure, Grouping<G> grouping) {
        this.function = function;
        this.measure = measure;
        this.grouping = grouping;
    }

    /** Adds a window. */
    void add(JsonNode result) {
        long count = result.path("count").asLong();
        if (result.path("status").asText().equals("RETRACTED") || count < 1) {
            return;
        }
        Optional<Measure.Reading> reading = measure.map(found -> found.read(function, result))
                .orElseGet(() -> Optional.of(new Measure.Reading(BigDecimal.ZERO, true)));
        if (reading.isEmpty()) {
            return;
        }
        add(
                grouping.group(result),
                reading.get(),
                count,
                1,
                result.path("complete").asBoolean() ? 0 : 1,
                end(result));
    }

    /** The window's end. {@link Instant#MIN} for global windows, which have no end and so lie entirely in any bucket. */
    private static Instant end(JsonNode result) {
        JsonNode end = result.at("/window/end");
        return end.isMissingNode() || end.isNull() ? Instant.MIN : ResultJson.time(end);
    }

    /** Adds a bucket of Elasticsearch. {@code reading} is the sum if the function is an average; {@code end} is the latest end of its windows. */
    void addStored(JsonNode key, Measure.Reading reading, long count, long windows, long incomplete, Instant end) {
        add(grouping.stored(key), reading, count, windows, incomplete, end);
    }

    private void add(G group, Measure.Reading reading, long count, long windows, long incomplete, Instant end) {
        Bucket bucket = buckets.computeIfAbsent(group, first -> new Bucket());
        grouping.check(buckets.size());
        bucket.number = bucket.number == null ? reading.number() : merged(bucket.number, reading.number());
        bucket.count += count;
        bucket.windows += windows;
        bucket.incomplete += incomplete;
        bucket.exact &= function == Function.COUNT || reading.exact();
        bucket.whole &= grouping.holds(group, end);
    }

    private BigDecimal merged(BigDecimal one, BigDecimal other) {
        return switch (function) {
            case MIN -> one.min(other);
            case MAX -> one.max(other);
            case AVG, SUM, COUNT -> one.add(other);
        };
    }

    /** Refuses too many buckets. */
    static void check(int buckets, Grouping<?> grouping) {
        if (buckets > MAX_BUCKETS) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_BUCKETS,
                    "there are more than " + MAX_BUCKETS + " buckets; " + grouping.narrower());
        }
    }

    /**
     * The buckets that have windows, as in the answer.
     *
     * @param complete whether no window can be missing; if not, no bucket is exact
     */
    Rolled rolled(boolean complete) {
        List<ObjectNode> items = grouping.shown(buckets.entrySet().stream()
                        .map(bucket -> new Entry<>(bucket.getKey(), value(bucket.getValue()), bucket.getValue())))
                .map(entry -> item(entry, complete))
                .toList();
        return new Rolled(
                items,
                buckets.size(),
                buckets.values().stream().allMatch(bucket -> bucket.exact),
                buckets.values().stream().mapToLong(bucket -> bucket.incomplete).sum());
    }

    private BigDecimal value(Bucket bucket) {
        return switch (function) {
            case COUNT -> BigDecimal.valueOf(bucket.count);
            case AVG -> bucket.number.divide(BigDecimal.valueOf(bucket.count), AVERAGE_SCALE, RoundingMode.HALF_EVEN);
            case SUM, MIN, MAX -> bucket.number;
        };
    }

    /** A bucket as in the answer. */
    private ObjectNode item(Entry<G> entry, boolean complete) {
        ObjectNode item = ResultJson.JSON.createObjectNode();
        grouping.name(item, entry.group());
        Bucket bucket = entry.bucket();
        return item.put("value", entry.value())
                .put("count", bucket.count)
                .put("windows", bucket.windows)
                .put("incomplete", bucket.incomplete)
                .put("exact", complete && bucket.exact)
                .put("whole", bucket.whole);
    }
}
