// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.streampane.results.store.Clauses;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Selects windows of one job. An empty set, or an empty list of ranges, excludes nothing.
 *
 * @param job the job
 * @param keys only windows of these keys
 * @param specs only windows of these specifications, in the canonical form that the results have
 * @param kinds only windows of these kinds
 * @param statuses only windows whose newest revision has one of these statuses
 * @param ranges only windows whose newest revision has values within all of these
 * @param from first window start, inclusive
 * @param to last window start, exclusive
 * @param keyPrefixes only keys that begin with one of these; empty optional: every key, empty list: none
 */
public record WindowFilter(
        String job,
        Set<String> keys,
        Set<String> specs,
        Set<String> kinds,
        Set<String> statuses,
        List<ValueRange> ranges,
        Optional<Instant> from,
        Optional<Instant> to,
        Optional<List<String>> keyPrefixes) {

    /** The same filter without the conditions on the newest revision. */
    WindowFilter ofAnyRevision() {
        return new WindowFilter(job, keys, specs, kinds, Set.of(), List.of(), from, to, keyPrefixes);
    }

    /** The same filter for one window specification only. */
    public WindowFilter ofSpec(String only) {
        return new WindowFilter(job, keys, Set.of(only), kinds, statuses, ranges, from, to, keyPrefixes);
    }

    /** Whether a window matches by key, specification, kind and start, which all its revisions have in common. */
    public boolean holds(TailEntry window) {
        return covers(window)
                && from.map(first -> !window.start().isBefore(first)).orElse(true)
                && to.map(window.start()::isBefore).orElse(true);
    }

    /** Whether a window matches by key, specification and kind, which all its revisions have in common; ignores its start. */
    public boolean covers(TailEntry window) {
        return hasKey(window.key())
                && (specs.isEmpty() || specs.contains(window.spec()))
                && (kinds.isEmpty() || kinds.contains(window.windowKind()));
    }

    private boolean hasKey(String key) {
        return (keys.isEmpty() || keys.contains(key))
                && keyPrefixes
                        .map(list -> list.stream().anyMatch(key::startsWith))
                        .orElse(true);
    }

    /** Whether a covered window matches by its newest revision. Checks job and key again, which may be others in a faulty log. */
    boolean takes(TailEntry newest) {
        return job.equals(newest.job())
                && hasKey(newest.key())
                && (statuses.isEmpty() || statuses.contains(newest.status()))
                && (ranges.isEmpty() || takesValues(ResultJson.of(newest)));
    }

    /** Whether a further revision can change whether a window matches. */
    boolean changes() {
        return !statuses.isEmpty() || !ranges.isEmpty();
    }

    /** Adds filters for job, start and what {@link #covers} checks: only terms, prefixes and ranges, so that no input is parsed as a query. */
    public void addCovered(ArrayNode filters) {
        Clauses.term(filters, "job", job);
        Clauses.terms(filters, "key", keys);
        Clauses.terms(filters, "spec", specs);
        Clauses.terms(filters, "window.kind", kinds);
        keyPrefixes.ifPresent(prefixes -> Clauses.prefixes(filters, "key", prefixes));
        Clauses.range(filters, "window.start", from, to);
    }

    /** Adds filters for the status and the values that {@link #takes} checks; values are compared as doubles. */
    void addTaken(ArrayNode filters) {
        Clauses.terms(filters, "status", statuses);
        ranges.forEach(range -> range.addTo(filters));
    }

    private boolean takesValues(JsonNode result) {
        return ranges.stream().allMatch(range -> range.holds(result));
    }
}
