// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.alerts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.paging.RowCursor;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Grant;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex.Row;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A query for alerts. They are ordered by start, then by id.
 *
 * @param client only alerts about this client
 * @param pattern only alerts of this pattern
 * @param from first start, inclusive
 * @param to last start, exclusive; later than {@code from}
 * @param ascending oldest first instead of newest first
 * @param limit alerts per page
 * @param after the start and id after which the page begins
 * @param atLeast the position up to which the answer must be complete
 * @param grants only alerts that one of these covers; empty: all alerts; an empty list: none
 * @param fingerprint what a cursor is bound to: everything but the page size
 */
public record AlertQuery(
        Optional<String> client,
        Optional<String> pattern,
        Optional<Instant> from,
        Optional<Instant> to,
        boolean ascending,
        int limit,
        Optional<Row> after,
        ReadConsistency.Requirement atLeast,
        Optional<List<Grant>> grants,
        String fingerprint) {

    private static final Parameter<Optional<String>> CLIENT =
            Parameter.text("client", "The client, exactly", Parameter.MAX_KEY_BYTES);
    private static final Parameter<Optional<String>> PATTERN = Parameter.text("pattern", "The pattern, exactly", 100);
    private static final Parameter<Optional<Instant>> FROM = Parameter.instant("from", "First start, inclusive");
    private static final Parameter<Optional<Instant>> TO =
            Parameter.instant("to", "Last start, exclusive; later than from");
    private static final Parameter<Integer> LIMIT = ResultPage.limit("Alerts per page");

    public static final List<Parameter<?>> PARAMETERS =
            List.of(CLIENT, PATTERN, FROM, TO, Parameter.ORDER, LIMIT, Parameter.AFTER, ReadConsistency.PARAMETER);

    /** Parses the query of a request. Restricts it to alerts that the caller may read; refuses a caller that may read none. */
    static AlertQuery of(String query, Access access, Function<Parameters, ReadConsistency.Requirement> atLeast) {
        Parameters parameters = Parameters.of(query, PARAMETERS);
        Optional<String> client = parameters.get(CLIENT);
        Optional<String> pattern = parameters.get(PATTERN);
        Optional<Instant> from = parameters.get(FROM);
        Optional<Instant> to = parameters.get(TO);
        boolean ascending = parameters.get(Parameter.ORDER).equals("asc");
        int limit = parameters.get(LIMIT);
        ReadConsistency.Requirement wanted = atLeast.apply(parameters);
        parameters.checkRange(from, to);
        String fingerprint = QueryCursor.fingerprint("alerts", client, pattern, from, to, ascending);
        Optional<Row> after = parameters.after(fingerprint, RowCursor::row);
        parameters.check();
        access.checkAny();
        return new AlertQuery(client, pattern, from, to, ascending, limit, after, wanted, access.grants(), fingerprint);
    }

    /** Whether the query selects an entry of the tail. The id of an alert begins with job and pattern, see contract alert/v1. */
    boolean takes(TailEntry alert) {
        return client.map(alert.key()::equals).orElse(true)
                && pattern.map(name -> name.indexOf('~') < 0 && alert.id().startsWith(alert.job() + '~' + name + '~'))
                        .orElse(true)
                && from.map(first -> !alert.start().isBefore(first)).orElse(true)
                && to.map(alert.start()::isBefore).orElse(true)
                && grants.map(list -> list.stream().anyMatch(grant -> grant.covers(alert.job(), alert.key())))
                        .orElse(true);
    }

    /** The page of the alerts found, which are in order. */
    ResultPage page(List<TailEntry> found, Optional<Coverage> shown) {
        Optional<String> next = found.size() > limit
                ? Optional.of(RowCursor.encode(fingerprint, found.get(limit - 1).row()))
                : Optional.empty();
        return new ResultPage(
                found.stream().limit(limit).map(ResultJson::raw).toList(),
                next,
                shown.flatMap(Coverage::reason),
                shown.map(Coverage::position));
    }

    /** The query as a search of the store, with terms and ranges only, for one row more than the page. */
    ObjectNode search() {
        ObjectNode search = Clauses.search(limit + 1);
        ArrayNode filters = Clauses.filters(search);
        client.ifPresent(value -> Clauses.term(filters, "client", value));
        pattern.ifPresent(value -> Clauses.term(filters, "pattern", value));
        grants.ifPresent(list -> Clauses.granted(filters, "client", list));
        Clauses.range(filters, "start", from, to);
        Clauses.byTime(search, "start", ascending);
        after.ifPresent(row -> search.set("search_after", RowCursor.searchAfter(row)));
        return search;
    }
}
