// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.contract.AuditCorrection;
import dev.streampane.results.log.TopicLayout;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Rows that were counted and dropped later, according to correction lines, so that they are in no pane. A correction covers the row at its
 * offset and the next rows of the same key and window; for a session, the next rows of the same key.
 */
final class Corrections {

    private final TreeMap<Place, Long> dropped =
            new TreeMap<>(Comparator.comparing(Place::partition, TopicLayout.PARTITION_ORDER)
                    .thenComparingLong(Place::offset)
                    .thenComparingLong(Place::end));
    private final Map<Place, Long> left = new HashMap<>();

    /**
     * Where a row was dropped.
     *
     * @param end end of the row's first window; for a session, of the earliest row that was dropped with it
     */
    record Place(TopicPartition partition, long offset, long end) {

        static Place of(AuditCorrection correction) {
            return new Place(
                    new TopicPartition(correction.topic(), correction.partition()),
                    correction.offset(),
                    correction.windowEnd().toEpochMilli());
        }

        private boolean isAt(Place other) {
            return offset == other.offset && partition.equals(other.partition);
        }
    }

    void add(Place place, long count) {
        dropped.merge(place, count, Long::sum);
    }

    /** Whether a row was dropped. A dropped row is reported once, so the rows of one key must come once each, in the order of their offsets. */
    boolean take(Place row, boolean isOfSession) {
        if (dropped.isEmpty() && left.isEmpty()) {
            return false;
        }
        Place first = dropped.floorKey(row);
        Place pane = new Place(row.partition, 0, isOfSession ? 0 : row.end);
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
