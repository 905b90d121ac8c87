// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailIndex.WindowEnd;
import java.util.Map;
import java.util.TreeMap;

/** The number of windows and the last window of one key, per window specification. */
final class KeyCount {

    private record Windows(long number, WindowEnd last) {

        private Windows and(Windows others) {
            return new Windows(number + others.number, last.compareTo(others.last) < 0 ? others.last : last);
        }

        private void addTo(ObjectNode json) {
            json.put("windows", number)
                    .putObject("last")
                    .put("id", last.id())
                    .put("start", last.start().toString())
                    .put("end", last.end().toString());
        }
    }

    private final Map<String, Windows> specs = new TreeMap<>();

    /** Adds windows of one specification. */
    void add(String spec, long windows, WindowEnd last) {
        specs.merge(spec, new Windows(windows, last), Windows::and);
    }

    /** The key as JSON of the answer. */
    ObjectNode json(String key) {
        ObjectNode json = ResultJson.JSON.createObjectNode().put("key", key);
        specs.values().stream().reduce(Windows::and).orElseThrow().addTo(json);
        ArrayNode list = json.putArray("specs");
        specs.forEach((spec, windows) -> windows.addTo(list.addObject().put("spec", spec)));
        return json;
    }
}
