// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.AuditCorrection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows that had been counted and were dropped later, as correction lines say: they are in no pane. A correction tells of the row at its
 * offset and of the next ones of its key and window; of a session, of the next ones of its key.
 */
final class Corrections {

    private final TreeMap<Place, Long> dropped = new TreeMap<>(Comparator.comparing(Place::topic)
            .thenComparingInt(Place::partition)
            .thenComparingLong(Place::offset)
            .thenComparingLong(Place::end));
    private final Map<Place, Long> left = new HashMap<>();

    /**
     * Where a row was dropped.
     *
     * @param end end of the first of its windows; of a session that of the earliest of the rows that were dropped with it
     */
    record Place(String topic, int partition, long offset, long end) {

        static Place of(AuditCorrection correction) {
            return new Place(
                    correction.topic(),
                    correction.partition(),
                    correction.offset(),
                    correction.windowEnd().toEpochMilli());
        }

        private boolean isAt(Place other) {
            return offset == other.offset && partition == other.partition && topic.equals(other.topic);
        }
    }

    Corrections(Map<Place, Long> dropped) {
        this.dropped.putAll(dropped);
    }

    /** Whether a row was dropped; each row that was is told once. The rows of one key come in the order of their partition's log. */
    boolean take(Place row, boolean isOfSession) {
        if (dropped.isEmpty() && left.isEmpty()) {
            return false;
        }
        Place first = dropped.floorKey(row);
        Place pane = new Place(row.topic, row.partition, 0, isOfSession ? 0 : row.end);
        if (first != null && first.isAt(row) && (isOfSession || first.end == row.end)) {
            left.merge(pane, dropped.remove(first), Long::sum);
        }
        long rows = left.getOrDefault(pane, 0L);
        if (rows == 0) {
            return false;
        }
        left.put(pane, rows - 1);
        return true;
    }
}
