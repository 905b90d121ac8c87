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
 * Which of a job's windows are meant. An empty set or list leaves out nothing.
 *
 * @param job results of this job
 * @param keys only those of these keys
 * @param specs only those of these window specifications, canonical as in the results
 * @param kinds only windows of these kinds
 * @param statuses only those whose newest revision has one of these
 * @param ranges only those whose newest revision has values in these
 * @param from first window start, inclusive
 * @param to last window start, exclusive
 * @param keyPrefixes only keys that begin with one of these; empty: every key
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

    /** The same, whatever the newest revisions say. */
    WindowFilter ofAnyRevision() {
        return new WindowFilter(job, keys, specs, kinds, Set.of(), List.of(), from, to, keyPrefixes);
    }

    /** The same of one window specification alone. */
    public WindowFilter ofSpec(String only) {
        return new WindowFilter(job, keys, Set.of(only), kinds, statuses, ranges, from, to, keyPrefixes);
    }

    /** Whether a window is meant as far as all of its revisions agree. */
    public boolean holds(TailEntry window) {
        return covers(window)
                && from.map(first -> !window.start().isBefore(first)).orElse(true)
                && to.map(window.start()::isBefore).orElse(true);
    }

    /** Whether a window is meant as far as all of its revisions agree; its start is not looked at. */
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

    /** Whether a window that is covered is meant by its newest revision, which may be of another job or key in a log that is wrong. */
    boolean takes(TailEntry newest) {
        return job.equals(newest.job())
                && hasKey(newest.key())
                && (statuses.isEmpty() || statuses.contains(newest.status()))
                && (ranges.isEmpty() || takesValues(ResultJson.of(newest)));
    }

    /** Whether a revision can make a difference. */
    boolean changes() {
        return !statuses.isEmpty() || !ranges.isEmpty();
    }

    /** Terms and ranges only, so that no input is ever read as a query: what {@link #covers} says, and the start. */
    public void addCovered(ArrayNode filters) {
        Clauses.term(filters, "job", job);
        Clauses.terms(filters, "key", keys);
        Clauses.terms(filters, "spec", specs);
        Clauses.terms(filters, "window.kind", kinds);
        keyPrefixes.ifPresent(prefixes -> Clauses.prefixes(filters, "key", prefixes));
        Clauses.range(filters, "window.start", from, to);
    }

    /** About what {@link #takes} says; values as exactly as doubles are. */
    void addTaken(ArrayNode filters) {
        Clauses.terms(filters, "status", statuses);
        ranges.forEach(range -> range.addTo(filters));
    }

    private boolean takesValues(JsonNode result) {
        return ranges.stream().allMatch(range -> range.holds(result));
    }
}
