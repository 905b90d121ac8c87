// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.problem.Parameter;
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
import java.util.OptionalInt;
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
        ReadConsistency.Requirement atLeast) {

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
    private static final String NAME = "[A-Za-z0-9_-]{1,100}";

    private static final Parameter<String> FN =
            Parameter.choice("fn", "What is asked", "avg", "sum", "min", "max", "count");
    private static final Parameter<Optional<String>> METRIC =
            Parameter.text("metric", """
            The name of a sum (`temp`, `hum`, `amount`), for every `fn`; or of a value, for what that value is about: `avg_temp` and
            `total_amount` for avg and sum, `min_temp` for min, `max_temp` for max. May be left out for `count`, which then counts the records of
            all windows.
            """, 100).with("pattern", "^" + NAME + "$").such("temp");
    private static final Parameter<String> GROUP_BY =
            Parameter.choice("groupBy", "What has a bucket each: an interval of time, or a key", "interval", "key");
    private static final Parameter<OptionalInt> TOP =
            Parameter.integer("top", "With groupBy=key: how many keys; 10 when left out", 1, WindowQuery.MAX_LIMIT);
    private static final Parameter<Optional<String>> ORDER = Parameter.word(
            "order",
            "With groupBy=key: the largest values first, as when left out, or the smallest; those of one value by key",
            "desc",
            "asc");
    private static final Parameter<Optional<String>> INTERVAL = Parameter.text(
                    "interval", "1s to 366d, aligned to 1970-01-01T00:00:00Z, or day, week (from Monday), month", 20)
            .with("default", "1h");
    private static final Parameter<Optional<String>> ZONE = Parameter.text(
            "zone", "Zone in which day, week and month begin, IANA name such as Europe/Berlin; UTC when left out", 100);
    private static final Parameter<Optional<String>> KEY =
            Parameter.text("key", "The key, exactly", Parameter.MAX_KEY_BYTES);
    private static final Parameter<Optional<String>> SPEC =
            Parameter.spec("The window specification; required when the job has several");

    static final List<Parameter<?>> PARAMETERS = List.of(
            WindowQuery.JOB,
            FN,
            METRIC,
            GROUP_BY,
            TOP,
            ORDER,
            INTERVAL,
            ZONE,
            KEY,
            SPEC,
            WindowQuery.FROM,
            WindowQuery.TO,
            ReadConsistency.PARAMETER);

    /** Reads a request's query. */
    static AggregateQuery of(
            String query, Access access, java.util.function.Function<Parameters, ReadConsistency.Requirement> atLeast) {
        Parameters parameters = Parameters.of(query, PARAMETERS);
        String job = parameters.get(WindowQuery.JOB);
        Function fn = Function.of(parameters.get(FN));
        Optional<String> metric = parameters.get(METRIC);
        if (metric.isPresent() && !metric.get().matches(NAME)) {
            parameters.refuse("metric", "is no name of a value; allowed is A-Z a-z 0-9 _ -");
        }
        Grouping<?> grouping = grouping(parameters);
        Optional<String> key = parameters.get(KEY);
        Optional<String> spec = parameters.get(SPEC);
        Optional<Instant> from = parameters.get(WindowQuery.FROM);
        Optional<Instant> to = parameters.get(WindowQuery.TO);
        WindowQuery.checkOrder(parameters, from, to);
        ReadConsistency.Requirement wanted = atLeast.apply(parameters);
        parameters.check();
        access.checkJob(job);
        key.ifPresent(one -> access.checkKey(job, one));
        return new AggregateQuery(job, spec, metric, fn, grouping, key, from, to, access.keyPrefixes(job), wanted);
    }

    private static Grouping<?> grouping(Parameters parameters) {
        boolean byKey = parameters.get(GROUP_BY).equals("key");
        for (String other : byKey ? List.of("interval", "zone") : List.of("top", "order")) {
            if (parameters.raw(other).isPresent()) {
                parameters.refuse(other, "is for groupBy=" + (byKey ? "interval" : "key"));
            }
        }
        return byKey ? topKeys(parameters) : interval(parameters);
    }

    private static TopKeys topKeys(Parameters parameters) {
        return new TopKeys(
                parameters.get(TOP).orElse(DEFAULT_TOP), parameters.get(ORDER).equals(Optional.of("asc")));
    }

    private static Interval interval(Parameters parameters) {
        String text = parameters.get(INTERVAL).orElse("1h");
        Optional<String> zoneText = parameters.get(ZONE);
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
            parameters.refuse("interval", text, Interval.ALLOWED);
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
