// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.Position;
import java.util.List;

/**
 * The newest windows of a {@link Tail}, and where the stream behind them begins.
 *
 * @param entries per series the newest revisions of its last windows, oldest first
 * @param place behind everything that was looked at
 * @param earliest below which nothing was looked at
 * @param retracted ids of windows that are retracted here; of each series those newer than its oldest entry
 * @param whole whether all series were looked at; there may be too many
 */
public record Snapshot(
        List<TailEntry> entries, Position place, Position earliest, List<String> retracted, boolean whole) {}
