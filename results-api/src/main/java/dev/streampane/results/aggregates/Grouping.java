// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * How the windows of a roll-up are grouped.
 *
 * @param <G> identifies a group; groups are kept in this order
 */
sealed interface Grouping<G extends Comparable<G>> permits Interval, TopKeys {

    /** The group of a window. */
    G group(JsonNode result);

    /** Adds this grouping to a source of an Elasticsearch composite aggregation. */
    void addTo(ObjectNode source);

    /** The group of a bucket of Elasticsearch that has this key. */
    G stored(JsonNode key);

    /** Whether a window of the group that ends at {@code end} lies entirely in the group. */
    boolean holds(G group, Instant end);

    /** Adds the fields that identify the group to an item of the answer. */
    void name(ObjectNode item, G group);

    /** Refuses more groups than one answer may have. */
    void check(int groups);

    /** The groups that the answer shows, in its order. */
    Stream<Rollup.Entry<G>> shown(Stream<Rollup.Entry<G>> all);

    /** Advice for the caller when there are more groups than one answer may have. */
    String narrower();

    /** Adds the fields to the answer that say how it was grouped. */
    void describe(ObjectNode answer, int groups);
}
