// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Rows that had been counted and were dropped later, as correction lines say: they are in no pane. */
final class Corrections {

    private final Map<Place, Long> dropped;

    /**
     * Where a row was dropped.
     *
     * @param end end of the first of its windows
     */
    record Place(String topic, int partition, long offset, long end) {}

    Corrections(Map<Place, Long> dropped) {
        this.dropped = new HashMap<>(dropped);
    }

    /** The place that a correction for {@code spec} names. */
    static Optional<Place> of(JsonNode correction, String spec) {
        try {
            return correction.path("spec").asText().equals(spec)
                    ? Optional.of(new Place(
                            correction.path("topic").asText(),
                            correction.path("partition").asInt(-1),
                            correction.path("offset").asLong(-1),
                            Instant.parse(correction.path("windowEnd").asText()).toEpochMilli()))
                    : Optional.empty();
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** Whether a row was dropped; each row that was is told once. */
    boolean take(Place place) {
        if (dropped.isEmpty() || dropped.getOrDefault(place, 0L) == 0) {
            return false;
        }
        dropped.merge(place, -1L, Long::sum);
        return true;
    }
}
