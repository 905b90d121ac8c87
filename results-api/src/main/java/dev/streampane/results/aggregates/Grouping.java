// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * What the windows of a roll-up are put together by.
 *
 * @param <G> names a group; groups are in the order of their names
 */
sealed interface Grouping<G extends Comparable<G>> permits Interval, TopKeys {

    /** The group of a window. */
    G group(JsonNode result);

    /** The same as a source of a composite aggregation of Elasticsearch. */
    void addTo(ObjectNode source);

    /** The group that Elasticsearch gave this key. */
    G stored(JsonNode key);

    /** Whether a window of the group that ends then lies in it as a whole. */
    boolean holds(G group, Instant end);

    /** Says which group an item is. */
    void name(ObjectNode item, G group);

    /** Refuses more groups than are answered at once. */
    void check(int groups);

    /** Those of all groups that are answered, in their order. */
    Stream<Rollup.Entry<G>> shown(Stream<Rollup.Entry<G>> all);

    /** What to ask for instead where there are more groups than are answered at once. */
    String narrower();

    /** Says how it was grouped. */
    void describe(ObjectNode answer, int groups);
}
