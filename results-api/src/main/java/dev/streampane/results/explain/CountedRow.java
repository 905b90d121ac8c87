// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/**
 * A row that was counted.
 *
 * @param time its event time, ms since the epoch
 * @param late whether the end of its window had passed by its partition's clock
 * @param completeFrom what its job had read of its partition
 * @param row number of the row in its record
 */
record CountedRow(
        long time,
        boolean late,
        CompleteFrom completeFrom,
        String topic,
        int partition,
        long offset,
        int row,
        Rows.Measurement measured) {}
