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

/** Parts of searches. */
public final class Clauses {

    private Clauses() {}

    /** A search for at most {@code size} rows; which ones, {@link #filters} say. */
    public static ObjectNode search(int size) {
        ObjectNode search = ResultJson.JSON.createObjectNode().put("size", size);
        search.putObject("query").putObject("bool").putArray("filter");
        return search;
    }

    /** What has to hold of each row that a {@link #search} finds. */
    public static ArrayNode filters(ObjectNode search) {
        return (ArrayNode) search.at("/query/bool/filter");
    }

    /** This value alone. */
    public static void term(ArrayNode filters, String field, String value) {
        filters.addObject().putObject("term").put(field, value);
    }

    /** Any value. */
    public static void exists(ArrayNode filters, String field) {
        filters.addObject().putObject("exists").put("field", field);
    }

    /** One of {@code values}; where there are none, all. */
    public static void terms(ArrayNode filters, String field, Collection<String> values) {
        if (!values.isEmpty()) {
            values.forEach(filters.addObject().putObject("terms").putArray(field)::add);
        }
    }

    /** Values that begin with one of {@code prefixes}; of no prefix none. */
    public static void prefixes(ArrayNode filters, String field, List<String> prefixes) {
        ArrayNode any = any(filters, prefixes);
        prefixes.forEach(prefix -> any.addObject().putObject("prefix").put(field, prefix));
    }

    /** What one of {@code grants} covers. */
    public static void granted(ArrayNode filters, String key, List<Grant> grants) {
        ArrayNode any = any(filters, grants);
        for (Grant grant : grants) {
            ArrayNode both = all(any);
            grant.job().ifPresent(job -> term(both, "job", job));
            both.addObject().putObject("prefix").put(key, grant.keyPrefix());
        }
    }

    /** Times of {@code [from, to)}; both empty: any. */
    public static void range(ArrayNode filters, String field, Optional<Instant> from, Optional<Instant> to) {
        if (from.isPresent() || to.isPresent()) {
            ObjectNode range = filters.addObject().putObject("range").putObject(field);
            range.put("format", "epoch_millis");
            from.ifPresent(instant -> range.put("gte", ceilMillis(instant).toEpochMilli()));
            to.ifPresent(instant -> range.put("lt", ceilMillis(instant).toEpochMilli()));
        }
    }

    /** Times in results are whole milliseconds, so that both bounds mean the same when they are rounded up. */
    public static Instant ceilMillis(Instant instant) {
        return Instant.ofEpochMilli(instant.plusNanos(999_999).toEpochMilli());
    }

    /** By time, which is the epoch where it is missing, those of one time by id, both in the same direction. */
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

    /** The windows that end last first, of those the ones that start last. */
    public static void latestFirst(ObjectNode hits) {
        ArrayNode sort = hits.putArray("sort");
        List.of("window.end", "window.start", "id")
                .forEach(field -> sort.addObject().put(field, "desc"));
    }

    /** Revisions by their versions. */
    public static void byVersion(ObjectNode hits, String order) {
        ArrayNode sort = hits.putArray("sort");
        for (String field : List.of("complete", "generation", "rev")) {
            sort.addObject().putObject(field).put("order", order).put("unmapped_type", "long");
        }
    }

    /** Goes on behind a version, in a search sorted {@link #byVersion}. */
    public static void afterVersion(ObjectNode search, Version version) {
        search.putArray("search_after")
                .add(version.complete() ? 1 : 0)
                .add(version.generation())
                .add(version.rev());
    }

    /** What lies below a place in the log, or in an earlier life of the topic. */
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

    /** Where what is looked for is put in; one of it has to hold. */
    public static ArrayNode any(ArrayNode filters) {
        return should(filters, 1);
    }

    /** Where what is looked for is put in; all of it has to hold. */
    public static ArrayNode all(ArrayNode filters) {
        return filters.addObject().putObject("bool").putArray("filter");
    }

    /** Where what is looked for is put in, one part for each of {@code options}: a search for one of nothing would find everything. */
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
