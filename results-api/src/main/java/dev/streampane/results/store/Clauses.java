// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.results.log.TopicPosition;
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

    /** A search for at most {@code size} rows whose field has this value; add further conditions to its {@link #filters}. */
    public static ObjectNode search(int size, String field, String value) {
        ObjectNode search = search(size);
        term(filters(search), field, value);
        return search;
    }

    /** A search for one row of each of these ids: the first one by the search's order. Add conditions and an order. */
    public static ObjectNode onePerId(Collection<String> ids) {
        ObjectNode search = search(ids.size());
        terms(filters(search), "id", ids);
        collapse(search);
        return search;
    }

    /** Limits a search to one row of each id. */
    public static void collapse(ObjectNode search) {
        search.putObject("collapse").put("field", "id");
    }

    /** The conditions that each row found by a {@link #search} must meet. */
    public static ArrayNode filters(ObjectNode search) {
        return search.withArray("/query/bool/filter");
    }

    /** The conditions that no row found by a {@link #search} meets. */
    public static ArrayNode excluded(ObjectNode search) {
        return search.withArray("/query/bool/must_not");
    }

    /** Adds the condition that the row is no retracted window. */
    public static void excludeRetracted(ObjectNode search) {
        term(excluded(search), "status", "RETRACTED");
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
            ObjectNode range = range(filters, field);
            from.ifPresent(instant -> range.put("gte", ceilMillis(instant).toEpochMilli()));
            to.ifPresent(instant -> range.put("lt", ceilMillis(instant).toEpochMilli()));
        }
    }

    /** Adds the condition that the time is in a range; put its bounds, in milliseconds, into the returned object. */
    public static ObjectNode range(ArrayNode filters, String field) {
        return filters.addObject().putObject("range").putObject(field).put("format", "epoch_millis");
    }

    /** Rounds up to a millisecond. Times in results are whole milliseconds, so a rounded bound selects the same results. */
    public static Instant ceilMillis(Instant instant) {
        return Instant.ofEpochMilli(instant.plusNanos(999_999).toEpochMilli());
    }

    /** Sorts by time, then by id, both in the same direction; a missing time counts as the epoch. */
    public static void byTime(ObjectNode search, String time, boolean ascending) {
        String order = ascending ? "asc" : "desc";
        sort(search, """
                [{"%1$s": {"order": "%2$s", "missing": 0, "unmapped_type": "date", "format": "epoch_millis"}},
                 {"id": {"order": "%2$s", "unmapped_type": "keyword"}}]
                """.formatted(time, order));
    }

    /** Sorts windows by end, then by start, then by id, all descending. */
    public static void latestFirst(ObjectNode hits) {
        sort(hits, """
                [{"window.end": "desc"}, {"window.start": "desc"}, {"id": "desc"}]
                """);
    }

    /** Sorts revisions by version; {@code order} is {@code asc} or {@code desc}. */
    public static void byVersion(ObjectNode hits, String order) {
        sort(hits, """
                [{"complete": {"order": "%1$s", "unmapped_type": "long"}},
                 {"generation": {"order": "%1$s", "unmapped_type": "long"}},
                 {"rev": {"order": "%1$s", "unmapped_type": "long"}}]
                """.formatted(order));
    }

    /** Sorts the revisions of a window from the oldest to the newest; unlike by version, whether they are complete does not matter. */
    public static void byGeneration(ObjectNode search) {
        sort(search, """
                [{"generation": {"order": "asc", "unmapped_type": "long"}}, {"rev": {"order": "asc", "unmapped_type": "long"}}]
                """);
    }

    /** Sorts by a list of JSON. */
    public static void sort(ObjectNode search, String by) {
        search.set("sort", ResultJson.read(by));
    }

    /** Continues after a version, in a search sorted {@link #byVersion}. */
    public static void afterVersion(ObjectNode search, Version version) {
        search.putArray("search_after")
                .add(version.complete() ? 1 : 0)
                .add(version.generation())
                .add(version.rev());
    }

    /** Adds alternatives that match what is below a position in the log, or comes from an earlier topic of the same name. */
    public static void below(ArrayNode any, TopicPosition place) {
        term(any.addObject().withArray("/bool/must_not"), "log.epoch", place.id());
        for (int partition = 0; partition < place.offsets().length; partition++) {
            ArrayNode both = all(any);
            both.addObject().putObject("term").put("log.partition", partition);
            both.addObject().putObject("range").putObject("log.offset").put("lt", place.offsets()[partition]);
        }
    }

    /** Adds a group of conditions of which at least one must hold; put them into the returned array. */
    public static ArrayNode any(ArrayNode filters) {
        return filters.addObject()
                .putObject("bool")
                .put("minimum_should_match", 1)
                .putArray("should");
    }

    /** Adds a group of conditions that must all hold; put them into the returned array. */
    public static ArrayNode all(ArrayNode filters) {
        return filters.addObject().withArray("/bool/filter");
    }

    /** Adds a group with one condition per option. Without options it matches nothing: an empty {@code should} would match everything. */
    private static ArrayNode any(ArrayNode filters, List<?> options) {
        if (options.isEmpty()) {
            filters.addObject().putObject("match_none");
        }
        return any(filters);
    }
}
