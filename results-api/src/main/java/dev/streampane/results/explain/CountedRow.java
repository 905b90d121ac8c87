// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

/**
 * A row that was counted.
 *
 * @param time its event time, ms since the epoch
 * @param late whether the end of its window had passed by its partition's clock
 * @param complete whether its job had read its window from the beginning; null when that is not known
 * @param row number of the row in its record
 */
record CountedRow(
        long time,
        boolean late,
        Boolean complete,
        String topic,
        int partition,
        long offset,
        int row,
        Rows.Measurement measured) {}
