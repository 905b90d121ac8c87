// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which windows are rolled up, and how.
 *
 * @param job windows of this job
 * @param spec of this window specification; empty: of the only one that the job has
 * @param metric what is rolled up; empty only for {@code count}
 * @param fn how
 * @param grouping what is put together
 * @param key only windows of this key
 * @param from first window start, inclusive
 * @param to last window start, exclusive
 * @param keyPrefixes only keys that begin with one of these; empty: every key
 * @param atLeast the position that the answer must hold up to
 */
record AggregateQuery(
        String job,
        Optional<String> spec,
        Optional<String> metric,
        Function fn,
        Grouping<?> grouping,
        Optional<String> key,
        Optional<Instant> from,
        Optional<Instant> to,
        Optional<List<String>> keyPrefixes,
        AtLeast.Wanted atLeast) {

    /** What is said of the records in a bucket. */
    enum Function {
        /** The sum divided once by the number of records, HALF_EVEN at 6 digits. */
        AVG,
        /** The sum. */
        SUM,
        /** The smallest. */
        MIN,
        /** The largest. */
        MAX,
        /** How many. */
        COUNT;

        private static Function of(String word) {
            return Arrays.stream(values())
                    .filter(function -> function.word().equals(word))
                    .findFirst()
                    .orElse(AVG);
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final int DEFAULT_TOP = 10;
    private static final String METRIC = "[A-Za-z0-9_-]{1,100}";

    /** Reads a request's query. */
    static AggregateQuery of(
            String query, Access access, java.util.function.Function<Parameters, AtLeast.Wanted> atLeast) {
        Parameters parameters = Parameters.of(
                query,
                "job",
                "spec",
                "metric",
                "fn",
                "groupBy",
                "interval",
                "zone",
                "top",
                "order",
                "key",
                "from",
                "to",
                AtLeast.PARAMETER);
        String job = parameters.required("job", Parameters.MAX_JOB_BYTES);
        Function fn = Function.of(parameters.choice("fn", "avg", "sum", "min", "max", "count"));
        Optional<String> metric = parameters.text("metric", 100);
        if (metric.isPresent() && !metric.get().matches(METRIC)) {
            parameters.refuse("metric", "is no name of a value; allowed is A-Z a-z 0-9 _ -");
        }
        Grouping<?> grouping = grouping(parameters);
        Optional<String> key = parameters.text("key", Parameters.MAX_KEY_BYTES);
        Optional<String> spec = parameters.spec();
        Optional<Instant> from = parameters.instant("from");
        Optional<Instant> to = parameters.instant("to");
        WindowQuery.checkOrder(parameters, from, to);
        AtLeast.Wanted wanted = atLeast.apply(parameters);
        parameters.check();
        access.checkJob(job);
        key.ifPresent(one -> access.checkKey(job, one));
        return new AggregateQuery(job, spec, metric, fn, grouping, key, from, to, access.keyPrefixes(job), wanted);
    }

    private static Grouping<?> grouping(Parameters parameters) {
        boolean byKey = parameters.choice("groupBy", "interval", "key").equals("key");
        for (String other : byKey ? List.of("interval", "zone") : List.of("top", "order")) {
            if (parameters.raw(other).isPresent()) {
                parameters.refuse(other, "is for groupBy=" + (byKey ? "interval" : "key"));
            }
        }
        return byKey ? topKeys(parameters) : interval(parameters);
    }

    private static TopKeys topKeys(Parameters parameters) {
        return new TopKeys(
                parameters.integer("top", 1, WindowQuery.MAX_LIMIT, DEFAULT_TOP),
                parameters.choice("order", "desc", "asc").equals("asc"));
    }

    private static Interval interval(Parameters parameters) {
        String text = parameters.text("interval", 20).orElse("1h");
        Optional<String> zoneText = parameters.text("zone", 100);
        Optional<ZoneId> zone = zoneText.flatMap(Interval::zone);
        if (zoneText.isPresent() && zone.isEmpty()) {
            parameters.refuse(
                    "zone",
                    "'"
                            + Parameters.shown(zoneText.get())
                            + "' is no zone; allowed is an IANA name such as Europe/Berlin");
        }
        Optional<Interval> interval = Interval.parse(text, zone.orElse(UTC));
        if (interval.isEmpty()) {
            parameters.refuse(
                    "interval", "'" + Parameters.shown(text) + "' is not allowed; allowed is " + Interval.ALLOWED);
        } else if (zoneText.isPresent() && interval.get().fixed().isPresent()) {
            parameters.refuse("zone", "is for day, week and month; other intervals follow UTC");
        }
        return interval.orElseGet(() -> Interval.parse("1h", UTC).orElseThrow());
    }

    /** Whether it is about a metric, and not only about how many records there are. */
    boolean measures() {
        return metric.isPresent() || fn != Function.COUNT;
    }

    AggregateQuery withSpec(String only) {
        return new AggregateQuery(job, Optional.of(only), metric, fn, grouping, key, from, to, keyPrefixes, atLeast);
    }

    /** Whether an entry of the tail is asked for. */
    boolean takes(TailEntry entry) {
        return spec.map(entry.spec()::equals).orElse(true)
                && key.map(entry.key()::equals).orElse(true)
                && from.map(first -> !entry.start().isBefore(first)).orElse(true)
                && to.map(entry.start()::isBefore).orElse(true)
                && keyPrefixes
                        .map(prefixes -> prefixes.stream().anyMatch(entry.key()::startsWith))
                        .orElse(true);
    }

    /** The same as a search of the store, of some windows alone. */
    ObjectNode search(Set<String> ids) {
        ObjectNode search = search();
        ArrayNode filters = (ArrayNode) search.at("/query/bool/filter");
        ids.forEach(filters.addObject().putObject("terms").putArray("id")::add);
        return search;
    }

    /** The same as a search of the store, but for some windows. */
    ObjectNode searchBut(Set<String> ids) {
        ObjectNode search = search();
        Clauses.terms(((ObjectNode) search.at("/query/bool")).putArray("must_not"), "id", ids);
        return search;
    }

    /** The same as a search of the store. */
    ObjectNode search() {
        ObjectNode search = ResultJson.JSON.createObjectNode();
        ArrayNode filters = search.putObject("query").putObject("bool").putArray("filter");
        Clauses.term(filters, "job", job);
        spec.ifPresent(value -> Clauses.term(filters, "spec", value));
        key.ifPresent(value -> Clauses.term(filters, "key", value));
        keyPrefixes.ifPresent(prefixes -> Clauses.prefixes(filters, "key", prefixes));
        WindowQuery.range(filters, "window.start", from, to);
        return search;
    }
}
