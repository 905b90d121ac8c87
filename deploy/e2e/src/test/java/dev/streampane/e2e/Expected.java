// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * The fields of a result that follow from the input log alone: how the jobs were started, killed
 * and restored must not change them.
 */
record Expected(
        String id,
        String job,
        String spec,
        String key,
        String kind,
        Instant start,
        Instant end,
        String zone,
        boolean complete,
        Map<String, BigDecimal> values,
        Map<String, String> sums,
        long count,
        long late,
        Instant minEventTime,
        Instant maxEventTime,
        Map<String, Offsets> inputs) {

    /** Smallest and largest offset. */
    record Offsets(long first, long last) {
        Offsets and(Offsets other) {
            return new Offsets(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    /** Reads a published result. */
    static Expected of(JsonNode result) {
        Map<String, BigDecimal> values = new TreeMap<>();
        result.path("values")
                .properties()
                .forEach(v -> values.put(v.getKey(), v.getValue().decimalValue()));
        Map<String, String> sums = new TreeMap<>();
        result.path("sums")
                .properties()
                .forEach(s -> sums.put(s.getKey(), s.getValue().asText()));
        Map<String, Offsets> inputs = new TreeMap<>();
        result.path("inputs")
                .forEach(input -> inputs.put(
                        input.path("topic").asText()
                                + "/"
                                + input.path("partition").asInt(),
                        new Offsets(
                                input.path("first").asLong(), input.path("last").asLong())));
        JsonNode window = result.path("window");
        return new Expected(
                result.path("id").asText(),
                result.path("job").asText(),
                result.path("spec").asText(),
                result.path("key").asText(),
                window.path("kind").asText(),
                Instant.parse(window.path("start").asText()),
                Instant.parse(window.path("end").asText()),
                window.path("zone").asText(),
                result.path("complete").asBoolean(),
                values,
                sums,
                result.path("count").asLong(),
                result.path("late").asLong(),
                Instant.parse(result.path("minEventTime").asText()),
                Instant.parse(result.path("maxEventTime").asText()),
                inputs);
    }
}
