// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.windows.WindowFilter;
import dev.streampane.results.windows.WindowQuery;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A query for windows rolled up into buckets.
 *
 * @param windows which windows; without a window specification: those of the only one that the job has
 * @param metric the metric to roll up; empty only for {@code count}
 * @param fn the function that is applied to each bucket
 * @param grouping how windows are grouped into buckets
 * @param atLeast the position up to which the answer must hold
 * @param measure what the metric means for the job; empty until it is found out, and if only records are counted
 * @param view point in time of Elasticsearch for all searches; empty: each search finds what is there by then
 */
public record AggregateQuery(
        WindowFilter windows,
        Optional<String> metric,
        Function fn,
        Grouping<?> grouping,
        Requirement atLeast,
        Optional<Measure> measure,
        Optional<ObjectNode> view) {

    /** The function that is applied to the records of a bucket. */
    enum Function {
        /** The sum divided once by the number of records, rounded HALF_EVEN to 6 decimals. */
        AVG("total_", "avg_"),
        /** The sum of the values. */
        SUM("total_", "avg_"),
        /** The smallest value. */
        MIN("min_", ""),
        /** The largest value. */
        MAX("max_", ""),
        /** The number of records. */
        COUNT("total_", "avg_", "min_", "max_", "");

        private final List<String> prefixes;

        Function(String... prefixes) {
            this.prefixes = List.of(prefixes);
        }

        /** The prefixes of the values that the function can be computed from, the best first; the empty one is that of a value without any. */
        List<String> prefixes() {
            return prefixes;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final int DEFAULT_TOP = 10;
    private static final String NAME = "[A-Za-z0-9_-]{1,100}";

    private static final Parameter<String> FN =
            Parameter.choice("fn", "Function that is applied to each bucket", "avg", "sum", "min", "max", "count");
    private static final Parameter<Optional<String>> METRIC =
            Parameter.text("metric", """
            The name of a sum or of a value. A sum (`temp`, `hum`, `amount`) allows every `fn` if there are values of that name, too. A value
            allows only what it is about: `avg_temp` and `total_amount` allow avg and sum, `min_temp` min, `max_temp` max, and a value without
            such a prefix min and max. May be left out for `count`, which then counts the records of all windows.
            """, 100).with("pattern", "^" + NAME + "$").withExample("temp");
    private static final Parameter<String> GROUP_BY =
            Parameter.choice("groupBy", "One bucket for each interval of time, or for each key", "interval", "key");
    private static final Parameter<OptionalInt> TOP =
            Parameter.integer("top", "With groupBy=key: number of keys; 10 if left out", 1, ResultPage.MAX_ITEMS);
    private static final Parameter<Optional<String>> ORDER = Parameter.word(
            "order",
            "With groupBy=key: the largest values first (default), or the smallest; those of the same value by key",
            "desc",
            "asc");
    private static final Parameter<Optional<String>> INTERVAL = Parameter.text(
                    "interval", "1s to 366d, aligned to 1970-01-01T00:00:00Z, or day, week (from Monday), month", 20)
            .with("default", "1h");
    private static final Parameter<Optional<String>> ZONE = Parameter.text(
            "zone", "Zone in which day, week and month begin: IANA name such as Europe/Berlin; UTC if left out", 100);
    private static final Parameter<Optional<String>> KEY =
            Parameter.text("key", "The key, exactly", Parameter.MAX_KEY_BYTES);
    private static final Parameter<Optional<String>> SPEC =
            Parameter.spec("The window specification; required when the job has several");

    public static final List<Parameter<?>> PARAMETERS = List.of(
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
    static AggregateQuery of(String query, Access access, ReadConsistency consistency) {
        Parameters parameters = Parameters.of(query, PARAMETERS);
        String job = parameters.get(WindowQuery.JOB);
        Function fn = Function.valueOf(parameters.get(FN).toUpperCase(Locale.ROOT));
        Optional<String> metric = parameters.get(METRIC);
        if (metric.isPresent() && !metric.get().matches(NAME)) {
            parameters.refuse("metric", "is not a value name; allowed is A-Z a-z 0-9 _ -");
        }
        Grouping<?> grouping = grouping(parameters);
        Optional<String> key = parameters.get(KEY);
        Optional<String> spec = parameters.get(SPEC);
        Optional<Instant> from = parameters.get(WindowQuery.FROM);
        Optional<Instant> to = parameters.get(WindowQuery.TO);
        parameters.checkRange(from, to);
        Requirement wanted = consistency.of(parameters);
        parameters.check();
        access.checkJob(job);
        key.ifPresent(one -> access.checkKey(job, one));
        WindowFilter windows = new WindowFilter(
                job,
                key.map(Set::of).orElse(Set.of()),
                spec.map(Set::of).orElse(Set.of()),
                Set.of(),
                Set.of(),
                List.of(),
                from,
                to,
                access.keyPrefixes(job));
        return new AggregateQuery(windows, metric, fn, grouping, wanted, Optional.empty(), Optional.empty());
    }

    private static Grouping<?> grouping(Parameters parameters) {
        boolean byKey = parameters.get(GROUP_BY).equals("key");
        for (String other : byKey ? List.of("interval", "zone") : List.of("top", "order")) {
            if (parameters.raw(other).isPresent()) {
                parameters.refuse(other, "is only for groupBy=" + (byKey ? "interval" : "key"));
            }
        }
        return byKey
                ? new TopKeys(
                        parameters.get(TOP).orElse(DEFAULT_TOP),
                        parameters.get(ORDER).equals(Optional.of("asc")))
                : interval(parameters);
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
                            + "' is not a zone; allowed is an IANA name such as Europe/Berlin");
        }
        Optional<Interval> interval = Interval.parse(text, zone.orElse(UTC));
        if (interval.isEmpty()) {
            parameters.refuse("interval", text, Interval.ALLOWED);
        } else if (zoneText.isPresent() && !interval.get().hasZone()) {
            parameters.refuse("zone", "is only for day, week and month; other intervals are in UTC");
        }
        return interval.orElseGet(() -> Interval.parse("1h", UTC).orElseThrow());
    }

    /** Whether the query is about a metric, and not only about the number of records. */
    boolean measures() {
        return metric.isPresent() || fn != Function.COUNT;
    }

    String job() {
        return windows.job();
    }

    Optional<String> spec() {
        return windows.specs().stream().findFirst();
    }

    AggregateQuery withSpec(String only) {
        return new AggregateQuery(windows.ofSpec(only), metric, fn, grouping, atLeast, measure, view);
    }

    AggregateQuery with(Optional<Measure> found) {
        return new AggregateQuery(windows, metric, fn, grouping, atLeast, found, view);
    }

    AggregateQuery in(ObjectNode ofStore) {
        return new AggregateQuery(windows, metric, fn, grouping, atLeast, measure, Optional.of(ofStore));
    }

    /** A roll-up of this query without any windows yet. */
    Rollup<?> rollup() {
        return new Rollup<>(fn, measure, grouping);
    }

    /** The query as an Elasticsearch search, for the windows with these ids only. */
    ObjectNode search(Set<String> ids) {
        ObjectNode search = search();
        ids.forEach(Clauses.filters(search).addObject().putObject("terms").putArray("id")::add);
        return search;
    }

    /** The query as an Elasticsearch search, without the windows with these ids. */
    ObjectNode searchBut(Set<String> ids) {
        ObjectNode search = search();
        Clauses.terms(Clauses.excluded(search), "id", ids);
        return search;
    }

    /** The query as an Elasticsearch search of size 0; callers set the number of rows. */
    ObjectNode search() {
        ObjectNode search = Clauses.search(0);
        windows.addCovered(Clauses.filters(search));
        view.ifPresent(pit -> search.set("pit", pit));
        return search;
    }
}
