// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** What is known of one key: per window specification the number of windows and the last of them. */
final class KeyCount {

    /** A window; the last one of several ends last, of those it starts last. */
    record Last(Instant end, Instant start, String id) implements Comparable<Last> {

        private static final Comparator<Last> ORDER =
                Comparator.comparing(Last::end).thenComparing(Last::start).thenComparing(Last::id);

        @Override
        public int compareTo(Last other) {
            return ORDER.compare(this, other);
        }

        private ObjectNode json() {
            return ResultJson.JSON
                    .createObjectNode()
                    .put("id", id)
                    .put("start", start.toString())
                    .put("end", end.toString());
        }
    }

    private static final class OfSpec {
        private long windows;
        private Last last;
    }

    private final Map<String, OfSpec> specs = new TreeMap<>();

    /** Adds windows of one specification. */
    void add(String spec, long windows, Last last) {
        OfSpec known = specs.computeIfAbsent(spec, name -> new OfSpec());
        known.windows += windows;
        known.last = known.last == null || known.last.compareTo(last) < 0 ? last : known.last;
    }

    /** The key as it is answered. */
    ObjectNode json(String key) {
        ObjectNode json = ResultJson.JSON.createObjectNode().put("key", key);
        json.put(
                "windows",
                specs.values().stream().mapToLong(spec -> spec.windows).sum());
        json.set(
                "last",
                specs.values().stream()
                        .map(spec -> spec.last)
                        .max(Comparator.naturalOrder())
                        .orElseThrow()
                        .json());
        var list = json.putArray("specs");
        specs.forEach((spec, of) ->
                list.addObject().put("spec", spec).put("windows", of.windows).set("last", of.last.json()));
        return json;
    }
}
