// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.explain.Rows.Measurement;
import org.apache.kafka.common.TopicPartition;

/**
 * A row that was counted.
 *
 * @param time its event time, ms since the epoch
 * @param late whether its window's end had passed by its partition's clock
 * @param completeFrom from when on its job had read its partition
 * @param row number of the row in its record
 */
record CountedRow(
        long time,
        boolean late,
        CompleteFrom completeFrom,
        TopicPartition partition,
        long offset,
        int row,
        Measurement measured) {}
