// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.explain.Rows.Row;
import org.apache.kafka.common.TopicPartition;

/**
 * A row that was counted.
 *
 * @param late whether its window's end had passed by its partition's clock
 * @param completeFrom from when on its job had read its partition
 */
record CountedRow(Row row, boolean late, CompleteFrom completeFrom, TopicPartition partition, long offset) {

    /** Its event time, ms since the epoch. */
    long time() {
        return row.time();
    }
}
