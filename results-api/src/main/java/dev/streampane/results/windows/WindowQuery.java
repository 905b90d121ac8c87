// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.paging.RowCursor;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.tail.TailIndex.Row;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * A query for windows. Rows are ordered by window start, and rows of the same start by id.
 *
 * @param filter which windows
 * @param ascending oldest first instead of newest first
 * @param limit maximum number of rows
 * @param after the row after which to begin
 * @param fields the fields to show of each window
 * @param atLeast the position up to which the answer must hold
 * @param asOf the moment in the past of which the windows are asked for; empty: now
 */
public record WindowQuery(
        WindowFilter filter,
        boolean ascending,
        int limit,
        Optional<Row> after,
        Fields fields,
        Requirement atLeast,
        Optional<AsOf> asOf) {

    private static final int MAX_LINES = 999_999_999;
    static final int MAX_KEYS = 100;

    /** Limited because each value that is not known yet is searched for. */
    static final int MAX_VALUES = 50;

    private static final int MAX_SPECS = 20;

    /** A window of 366 days, the longest there is, may hold a record of 1970-01-01T00:00:00Z. */
    private static final String FIRST_DAY = "1968-12-31";

    public static final Parameter<String> JOB =
            Parameter.required("job", "The job, exactly", Parameter.MAX_JOB_BYTES, "weather-average");
    public static final Parameter<Optional<Instant>> FROM =
            Parameter.instant("from", "First window start, inclusive", FIRST_DAY);
    public static final Parameter<Optional<Instant>> TO =
            Parameter.instant("to", "Last window start, exclusive; later than from", FIRST_DAY);
    private static final Parameter<Set<String>> KEY = Parameter.texts(
            "key", "The keys (devices or clients), exactly; may be repeated", Parameter.MAX_KEY_BYTES, MAX_KEYS);
    private static final Parameter<Set<String>> SPEC = Parameter.specs(
            "The window specifications, as in the results; spaces are ignored; may be repeated", MAX_SPECS);
    private static final Parameter<Set<String>> KIND = Parameter.choices(
            "kind", "Kinds of windows; may be repeated", "tumbling", "sliding", "session", "global", "calendar");
    private static final Parameter<Set<String>> STATUS =
            Parameter.choices("status", "Status of the window; may be repeated", "FINAL", "REVISED", "RETRACTED");
    private static final Parameter<OptionalInt> LIMIT = Parameter.integer(
            "limit",
            "Results per page: at most 500, and 50 if left out; as NDJSON and CSV any number, and all if left out",
            1,
            MAX_LINES);
    private static final Parameter<OptionalInt> PAGE_LIMIT =
            Parameter.integer(LIMIT.name(), LIMIT.description(), 1, ResultPage.MAX_ITEMS);

    public static final List<Parameter<?>> PARAMETERS = List.of(
            JOB,
            KEY,
            SPEC,
            KIND,
            STATUS,
            ValueRange.PARAMETER,
            FROM,
            TO,
            Parameter.ORDER,
            LIMIT,
            Parameter.AFTER,
            Fields.PARAMETER,
            ReadConsistency.PARAMETER,
            AsOf.PARAMETER);

    /** Reads a request's query for a page. */
    static WindowQuery page(
            String query,
            Access access,
            Function<Parameters, Requirement> atLeast,
            Function<Parameters, Optional<AsOf>> asOf) {
        return of(query, access, atLeast, asOf, PAGE_LIMIT, ResultPage.DEFAULT_ITEMS);
    }

    /** Reads a request's query for all rows, unless it sets a limit. */
    static WindowQuery lines(String query, Access access, Function<Parameters, Requirement> atLeast) {
        return of(query, access, atLeast, WindowQuery::now, LIMIT, MAX_LINES);
    }

    /** Reads the parameters. The filter leaves out results that the caller may not read. */
    private static WindowQuery of(
            String query,
            Access access,
            Function<Parameters, Requirement> atLeast,
            Function<Parameters, Optional<AsOf>> asOf,
            Parameter<OptionalInt> limit,
            int defaultLimit) {
        Parameters parameters = Parameters.of(query, PARAMETERS);
        String job = parameters.get(JOB);
        Optional<Instant> from = parameters.get(FROM);
        Optional<Instant> to = parameters.get(TO);
        WindowFilter filter = new WindowFilter(
                job,
                parameters.get(KEY),
                parameters.get(SPEC),
                parameters.get(KIND),
                parameters.get(STATUS),
                parameters.get(ValueRange.PARAMETER),
                from.map(Clauses::ceilMillis),
                to.map(Clauses::ceilMillis),
                access.keyPrefixes(job));
        parameters.checkRange(from, to);
        boolean ascending = parameters.get(Parameter.ORDER).equals("asc");
        WindowQuery asked = new WindowQuery(
                filter,
                ascending,
                parameters.get(limit).orElse(defaultLimit),
                parameters.after(fingerprint(filter, ascending), RowCursor::row),
                Fields.of(parameters),
                atLeast.apply(parameters),
                asOf.apply(parameters));
        asked.values().values().stream()
                .skip(MAX_VALUES)
                .findFirst()
                .ifPresent(name ->
                        parameters.refuse(name, "names one value too many; allowed are " + MAX_VALUES + " in a query"));
        if (asked.asOf.isPresent()) {
            checkPast(parameters, filter);
        }
        parameters.check();
        access.checkJob(job);
        filter.keys().forEach(key -> access.checkKey(job, key));
        return asked;
    }

    /** The names of the values that the query uses, each with a parameter that names it. */
    Map<String, String> values() {
        Map<String, String> parameters = new LinkedHashMap<>();
        fields.values().forEach(value -> parameters.put(value, Fields.PARAMETER.name()));
        filter.ranges().forEach(range -> parameters.put(range.value(), range.parameter()));
        return parameters;
    }

    /** The same query for all windows of which an earlier revision may match. */
    WindowQuery ofAnyRevision() {
        return new WindowQuery(filter.ofAnyRevision(), ascending, limit, after, fields, atLeast, asOf);
    }

    /** The order of the rows. */
    Comparator<Row> order() {
        return ascending ? Comparator.naturalOrder() : Comparator.reverseOrder();
    }

    private static Optional<AsOf> now(Parameters parameters) {
        if (parameters.raw(AsOf.PARAMETER.name()).isPresent()) {
            parameters.refuse(AsOf.PARAMETER.name(), "is for pages; allowed is Accept: application/json");
        }
        return Optional.empty();
    }

    /** Checks a query with {@code asOf}, which is answered without pages. */
    private static void checkPast(Parameters parameters, WindowFilter filter) {
        for (String name : List.of("limit", "after")) {
            if (parameters.raw(name).isPresent()) {
                parameters.refuse(
                        name,
                        "is not allowed with asOf: all windows, at most "
                                + PastWindows.MAX_WINDOWS
                                + ", are answered at once");
            }
        }
        boolean overAllKeys =
                !filter.specs().isEmpty() && filter.specs().stream().allMatch(spec -> spec.startsWith("all:"));
        if (filter.keys().isEmpty() && !overAllKeys) {
            parameters.refuse("key", "is missing; asOf requires it, except for windows over all keys");
        }
    }

    /** The cursor of a page that ends with {@code row}. */
    String cursor(Row row) {
        return RowCursor.encode(fingerprint(filter, ascending), row);
    }

    /** What a cursor is bound to: everything that determines the rows and their order. */
    private static String fingerprint(WindowFilter filter, boolean ascending) {
        return QueryCursor.fingerprint(
                "merged-windows",
                filter.job(),
                sorted(filter.keys()),
                sorted(filter.specs()),
                sorted(filter.kinds()),
                sorted(filter.statuses()),
                filter.ranges(),
                filter.from(),
                filter.to(),
                ascending);
    }

    private static String sorted(Set<String> words) {
        return QueryCursor.fingerprint(words.stream().sorted().toArray());
    }
}
