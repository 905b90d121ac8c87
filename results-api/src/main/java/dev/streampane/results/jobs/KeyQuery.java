// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.Clauses;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A query for keys, which are returned in the order of their UTF-8 bytes.
 *
 * @param job keys of this job's results
 * @param prefix only keys that start with it
 * @param limit keys per page
 * @param after the key after which the page begins
 * @param keyPrefixes only keys that start with one of these; empty: every key
 * @param atLeast the position up to which the answer must be complete
 */
public record KeyQuery(
        String job,
        Optional<String> prefix,
        int limit,
        Optional<String> after,
        Optional<List<String>> keyPrefixes,
        ReadConsistency.Requirement atLeast) {

    private static final Parameter<Optional<String>> PREFIX =
            Parameter.text("prefix", "Only keys that begin with this text", Parameter.MAX_KEY_BYTES);
    private static final Parameter<Integer> LIMIT = ResultPage.limit("Keys per page");

    public static final List<Parameter<?>> PARAMETERS = List.of(
            Parameter.path("job", "The job, exactly", "weather-average"),
            PREFIX,
            LIMIT,
            Parameter.AFTER,
            ReadConsistency.PARAMETER);

    /** The order of Elasticsearch's terms: by code points, which is the order of their UTF-8. */
    public static final Comparator<String> ORDER = KeyQuery::compare;

    private static int compare(String one, String other) {
        int shorter = Math.min(one.length(), other.length());
        for (int i = 0; i < shorter; i++) {
            if (one.charAt(i) != other.charAt(i)) {
                return Integer.compare(rank(one.charAt(i)), rank(other.charAt(i)));
            }
        }
        return Integer.compare(one.length(), other.length());
    }

    /** Surrogates stand for code points above all others. */
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + (1 << Character.SIZE) : unit;
    }

    /** Parses the query of a request. */
    static KeyQuery of(
            String job, String query, Access access, Function<Parameters, ReadConsistency.Requirement> atLeast) {
        Parameters parameters = Parameters.of(query, PARAMETERS);
        Optional<String> prefix = parameters.get(PREFIX);
        int limit = parameters.get(LIMIT);
        Optional<String> after = parameters.after(fingerprint(job, prefix), place -> Optional.of(place.substring(1)));
        ReadConsistency.Requirement wanted = atLeast.apply(parameters);
        parameters.check();
        access.checkJob(job);
        return new KeyQuery(job, prefix, limit, after, access.keyPrefixes(job), wanted);
    }

    /** The cursor after {@code key}, which may be empty. */
    String cursor(String key) {
        return QueryCursor.encode(fingerprint(job, prefix), "." + key);
    }

    private static String fingerprint(String job, Optional<String> prefix) {
        return QueryCursor.fingerprint("keys", job, prefix);
    }

    /** The same page with fewer keys. */
    KeyQuery withLimit(int fewer) {
        return new KeyQuery(job, prefix, fewer, after, keyPrefixes, atLeast);
    }

    /** Whether the query selects a key. */
    boolean takes(String key) {
        return prefix.map(key::startsWith).orElse(true)
                && after.map(last -> ORDER.compare(key, last) > 0).orElse(true)
                && keyPrefixes
                        .map(prefixes -> prefixes.stream().anyMatch(key::startsWith))
                        .orElse(true);
    }

    /** The query as a search of the store, without {@code after}, which belongs to the aggregation. */
    ObjectNode search() {
        ObjectNode search = Clauses.search(0, "job", job);
        ArrayNode filters = Clauses.filters(search);
        prefix.ifPresent(value -> Clauses.prefixes(filters, "key", List.of(value)));
        keyPrefixes.ifPresent(prefixes -> Clauses.prefixes(filters, "key", prefixes));
        return search;
    }
}
