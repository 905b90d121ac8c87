// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.jobs.KeyQuery;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Groups windows by key. The answer shows the keys with the largest or the smallest values; keys of the same value are ordered by key.
 *
 * @param most maximum number of keys in the answer
 * @param ascending smallest values first instead of largest first
 */
record TopKeys(int most, boolean ascending) implements Grouping<String> {

    @Override
    public String group(JsonNode result) {
        return result.path("key").asText();
    }

    @Override
    public boolean holds(String key, Instant end) {
        return true;
    }

    @Override
    public void addTo(ObjectNode source) {
        source.putObject("terms").put("field", "key");
    }

    @Override
    public String stored(JsonNode key) {
        return key.asText();
    }

    @Override
    public void name(ObjectNode item, String key) {
        item.put("key", key);
    }

    @Override
    public void check(int groups) {
        // no limit, because keys that are not shown have to be ranked too
    }

    @Override
    public Stream<Rollup.Entry<String>> shown(Stream<Rollup.Entry<String>> all) {
        Comparator<Rollup.Entry<String>> byValue = Comparator.comparing(Rollup.Entry::value);
        return all.sorted((ascending ? byValue : byValue.reversed()).thenComparing(Rollup.Entry::group, KeyQuery.ORDER))
                .limit(most);
    }

    @Override
    public String narrower() {
        return "narrow 'from' and 'to', or ask for single keys";
    }

    @Override
    public void describe(ObjectNode answer, int groups) {
        answer.put("groupBy", "key").put("keys", groups);
        if (groups > most) {
            answer.put("truncated", true);
        }
    }
}
