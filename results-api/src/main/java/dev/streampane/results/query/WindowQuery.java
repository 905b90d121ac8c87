// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.ResultJson;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which windows are asked for. Rows come by window start, those of one start by id.
 *
 * @param job results of this job
 * @param key only those of this key
 * @param spec only those of this window specification, canonical as in the results; the request's may have spaces
 * @param from first window start, inclusive
 * @param to last window start, exclusive; later than {@code from}
 * @param ascending oldest first instead of newest first
 * @param limit rows per page
 * @param after the sort values behind which the page begins
 * @param keyPrefixes only keys that begin with one of these; empty: every key
 */
record WindowQuery(
        String job,
        Optional<String> key,
        Optional<String> spec,
        Optional<Instant> from,
        Optional<Instant> to,
        boolean ascending,
        int limit,
        Optional<ArrayNode> after,
        Optional<List<String>> keyPrefixes) {

    static final int MAX_LIMIT = 500;
    static final int DEFAULT_LIMIT = 50;
    static final int MAX_JOB_BYTES = 100;
    static final int MAX_KEY_BYTES = 256;
    static final int MAX_CURSOR_BYTES = 4_096;

    private static final int MAX_SPEC_BYTES = 200;

    /** Reads a request's query; results that the caller may not read are not asked for. */
    static WindowQuery of(String query, Access access) {
        Parameters parameters =
                Parameters.of(query, "job", "key", "spec", "from", "to", "order", "limit", "after");
        WindowQuery first =
                new WindowQuery(
                        parameters.required("job", MAX_JOB_BYTES),
                        parameters.text("key", MAX_KEY_BYTES),
                        spec(parameters),
                        parameters.instant("from"),
                        parameters.instant("to"),
                        parameters.choice("order", "desc", "asc").equals("asc"),
                        parameters.integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                        Optional.empty(),
                        Optional.empty());
        checkOrder(parameters, first.from, first.to);
        Optional<ArrayNode> after = after(parameters, first.fingerprint());
        parameters.check();
        access.checkJob(first.job);
        first.key.ifPresent(key -> access.checkKey(first.job, key));
        return new WindowQuery(
                first.job,
                first.key,
                first.spec,
                first.from,
                first.to,
                first.ascending,
                first.limit,
                after,
                access.keyPrefixes(first.job));
    }

    /** Refuses a range that holds nothing. */
    static void checkOrder(Parameters parameters, Optional<Instant> from, Optional<Instant> to) {
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            parameters.refuse("from", "must be before 'to'");
            parameters.refuse("to", "must be after 'from'");
        }
    }

    /** No canonical specification has a space: {@code sliding(10m, 1m)} is {@code sliding(10m,1m)}. */
    private static Optional<String> spec(Parameters parameters) {
        Optional<String> spec =
                parameters.text("spec", MAX_SPEC_BYTES).map(text -> text.replace(" ", ""));
        if (spec.isPresent() && spec.get().isEmpty()) {
            parameters.refuse("spec", "is empty");
        }
        return spec;
    }

    /** Reads {@code after}, which must have been given out for the query of that fingerprint. */
    static Optional<ArrayNode> after(Parameters parameters, String fingerprint) {
        Optional<String> text = parameters.text("after", MAX_CURSOR_BYTES);
        Optional<ArrayNode> after = text.flatMap(cursor -> PageCursor.decode(fingerprint, cursor));
        if (text.isPresent() && after.isEmpty()) {
            parameters.refuse(
                    "after",
                    "is not a cursor of this query; allowed is the 'next' of an answer to it");
        }
        return after;
    }

    /** What a cursor is bound to: everything but the size of the page. */
    String fingerprint() {
        return PageCursor.fingerprint("windows", job, key, spec, from, to, ascending);
    }

    /** The search: terms and ranges only, so that no input is ever read as a query. One row more than the page. */
    ObjectNode search() {
        ObjectNode search = ResultJson.JSON.createObjectNode();
        search.put("size", limit + 1);
        ArrayNode filters = search.putObject("query").putObject("bool").putArray("filter");
        term(filters, "job", job);
        key.ifPresent(value -> term(filters, "key", value));
        spec.ifPresent(value -> term(filters, "spec", value));
        keyPrefixes.ifPresent(prefixes -> prefixes(filters, "key", prefixes));
        range(filters, "window.start", from, to);
        sort(search, "window.start", ascending);
        after.ifPresent(values -> search.set("search_after", values));
        return search;
    }

    /** {@code from} inclusive, {@code to} exclusive. */
    static void range(
            ArrayNode filters, String field, Optional<Instant> from, Optional<Instant> to) {
        if (from.isPresent() || to.isPresent()) {
            ObjectNode range = filters.addObject().putObject("range").putObject(field);
            range.put("format", "epoch_millis");
            from.ifPresent(instant -> range.put("gte", ceilMillis(instant)));
            to.ifPresent(instant -> range.put("lt", ceilMillis(instant)));
        }
    }

    /** By time, those of one time by id. */
    static void sort(ObjectNode search, String time, boolean ascending) {
        ArrayNode sort = search.putArray("sort");
        sort.addObject()
                .putObject(time)
                .put("order", ascending ? "asc" : "desc")
                .put("unmapped_type", "date")
                .put("format", "epoch_millis");
        sort.addObject().putObject("id").put("order", "asc").put("unmapped_type", "keyword");
    }

    /** Times in results are whole milliseconds, so that both bounds mean the same when they are rounded up. */
    private static long ceilMillis(Instant instant) {
        return instant.plusNanos(999_999).toEpochMilli();
    }

    /** Values that begin with one of {@code prefixes}. */
    static void prefixes(ArrayNode filters, String field, List<String> prefixes) {
        ArrayNode any = filters.addObject().putObject("bool").putArray("should");
        prefixes.forEach(prefix -> any.addObject().putObject("prefix").put(field, prefix));
    }

    static void term(ArrayNode filters, String field, String value) {
        filters.addObject().putObject("term").put(field, value);
    }
}
