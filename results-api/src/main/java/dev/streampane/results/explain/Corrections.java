// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.AuditCorrection;
import java.util.HashMap;
import java.util.Map;

/** Rows that had been counted and were dropped later, as correction lines say: they are in no pane. */
final class Corrections {

    private final Map<Place, Long> dropped;

    /**
     * Where a row was dropped.
     *
     * @param end end of the first of its windows
     */
    record Place(String topic, int partition, long offset, long end) {

        static Place of(AuditCorrection correction) {
            return new Place(
                    correction.topic(),
                    correction.partition(),
                    correction.offset(),
                    correction.windowEnd().toEpochMilli());
        }
    }

    Corrections(Map<Place, Long> dropped) {
        this.dropped = new HashMap<>(dropped);
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
