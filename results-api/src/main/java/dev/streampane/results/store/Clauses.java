// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.results.log.Position;
import dev.streampane.results.security.Grant;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Builds parts of Elasticsearch searches. */
public final class Clauses {

    private Clauses() {}

    /** A search for at most {@code size} rows, without conditions; add them to its {@link #filters}. */
    public static ObjectNode search(int size) {
        ObjectNode search = ResultJson.JSON.createObjectNode().put("size", size);
        search.putObject("query").putObject("bool").putArray("filter");
        return search;
    }

    /** The conditions that each row found by a {@link #search} must meet. */
    public static ArrayNode filters(ObjectNode search) {
        return (ArrayNode) search.at("/query/bool/filter");
    }

    /** Adds the condition that the field has this value. */
    public static void term(ArrayNode filters, String field, String value) {
        filters.addObject().putObject("term").put(field, value);
    }

    /** Adds the condition that the field has a value. */
    public static void exists(ArrayNode filters, String field) {
        filters.addObject().putObject("exists").put("field", field);
    }

    /** Adds the condition that the field has one of {@code values}; no condition if there are none. */
    public static void terms(ArrayNode filters, String field, Collection<String> values) {
        if (!values.isEmpty()) {
            values.forEach(filters.addObject().putObject("terms").putArray(field)::add);
        }
    }

    /** Adds the condition that the value starts with one of {@code prefixes}; without prefixes no row matches. */
    public static void prefixes(ArrayNode filters, String field, List<String> prefixes) {
        ArrayNode any = any(filters, prefixes);
        prefixes.forEach(prefix -> any.addObject().putObject("prefix").put(field, prefix));
    }

    /** Adds the condition that one of {@code grants} covers the row; without grants no row matches. */
    public static void granted(ArrayNode filters, String key, List<Grant> grants) {
        ArrayNode any = any(filters, grants);
        for (Grant grant : grants) {
            ArrayNode both = all(any);
            grant.job().ifPresent(job -> term(both, "job", job));
            both.addObject().putObject("prefix").put(key, grant.keyPrefix());
        }
    }

    /** Adds the condition that the time is in {@code [from, to)}; no condition if both are empty. */
    public static void range(ArrayNode filters, String field, Optional<Instant> from, Optional<Instant> to) {
        if (from.isPresent() || to.isPresent()) {
            ObjectNode range = filters.addObject().putObject("range").putObject(field);
            range.put("format", "epoch_millis");
            from.ifPresent(instant -> range.put("gte", ceilMillis(instant).toEpochMilli()));
            to.ifPresent(instant -> range.put("lt", ceilMillis(instant).toEpochMilli()));
        }
    }

    /** Rounds up to a millisecond. Times in results are whole milliseconds, so a rounded bound selects the same results. */
    public static Instant ceilMillis(Instant instant) {
        return Instant.ofEpochMilli(instant.plusNanos(999_999).toEpochMilli());
    }

    /** Sorts by time, then by id, both in the same direction; a missing time counts as the epoch. */
    public static void byTime(ObjectNode search, String time, boolean ascending) {
        String order = ascending ? "asc" : "desc";
        ArrayNode sort = search.putArray("sort");
        sort.addObject()
                .putObject(time)
                .put("order", order)
                .put("missing", 0)
                .put("unmapped_type", "date")
                .put("format", "epoch_millis");
        sort.addObject().putObject("id").put("order", order).put("unmapped_type", "keyword");
    }

    /** Sorts windows by end, then by start, then by id, all descending. */
    public static void latestFirst(ObjectNode hits) {
        ArrayNode sort = hits.putArray("sort");
        List.of("window.end", "window.start", "id")
                .forEach(field -> sort.addObject().put(field, "desc"));
    }

    /** Sorts revisions by version; {@code order} is {@code asc} or {@code desc}. */
    public static void byVersion(ObjectNode hits, String order) {
        ArrayNode sort = hits.putArray("sort");
        for (String field : List.of("complete", "generation", "rev")) {
            sort.addObject().putObject(field).put("order", order).put("unmapped_type", "long");
        }
    }

    /** Continues after a version, in a search sorted {@link #byVersion}. */
    public static void afterVersion(ObjectNode search, Version version) {
        search.putArray("search_after")
                .add(version.complete() ? 1 : 0)
                .add(version.generation())
                .add(version.rev());
    }

    /** Adds alternatives that match what is below a position in the log, or comes from an earlier topic of the same name. */
    public static void below(ArrayNode any, Position.Topic place) {
        any.addObject()
                .putObject("bool")
                .putArray("must_not")
                .addObject()
                .putObject("term")
                .put("log.epoch", place.id());
        for (int partition = 0; partition < place.offsets().length; partition++) {
            ArrayNode both = all(any);
            both.addObject().putObject("term").put("log.partition", partition);
            both.addObject().putObject("range").putObject("log.offset").put("lt", place.offsets()[partition]);
        }
    }

    /** Adds a group of conditions of which at least one must hold; put them into the returned array. */
    public static ArrayNode any(ArrayNode filters) {
        return should(filters, 1);
    }

    /** Adds a group of conditions that must all hold; put them into the returned array. */
    public static ArrayNode all(ArrayNode filters) {
        return filters.addObject().putObject("bool").putArray("filter");
    }

    /** Adds a group with one condition per option. Without options it matches nothing: an empty {@code should} would match everything. */
    private static ArrayNode any(ArrayNode filters, List<?> options) {
        if (options.isEmpty()) {
            filters.addObject().putObject("match_none");
        }
        return should(filters, options.isEmpty() ? 0 : 1);
    }

    private static ArrayNode should(ArrayNode filters, int least) {
        return filters.addObject()
                .putObject("bool")
                .put("minimum_should_match", least)
                .putArray("should");
    }
}
