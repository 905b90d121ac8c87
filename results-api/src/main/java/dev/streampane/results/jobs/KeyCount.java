// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailIndex.WindowEnd;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** What is known of one key: per window specification the number of windows and the last of them. */
final class KeyCount {

    private static final class OfSpec {
        private long windows;
        private WindowEnd last;
    }

    private final Map<String, OfSpec> specs = new TreeMap<>();

    /** Adds windows of one specification. */
    void add(String spec, long windows, WindowEnd last) {
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
                json(specs.values().stream()
                        .map(spec -> spec.last)
                        .max(Comparator.naturalOrder())
                        .orElseThrow()));
        var list = json.putArray("specs");
        specs.forEach((spec, of) ->
                list.addObject().put("spec", spec).put("windows", of.windows).set("last", json(of.last)));
        return json;
    }

    private static ObjectNode json(WindowEnd window) {
        return ResultJson.JSON
                .createObjectNode()
                .put("id", window.id())
                .put("start", window.start().toString())
                .put("end", window.end().toString());
    }
}
