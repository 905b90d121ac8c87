// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.log.Position;
import java.util.List;

/**
 * The newest windows of a {@link Tail}, and the position at which the stream goes on after them.
 *
 * @param entries per series, the newest revisions of its last windows, oldest first
 * @param place the position after everything that was read
 * @param earliest the position before everything that was read
 * @param retracted ids of the retracted windows that were read: per series, those newer than its oldest entry, or all when it has too few entries
 * @param whole whether all series were read; false when there were too many windows
 */
public record Snapshot(
        List<TailEntry> entries, Position place, Position earliest, List<String> retracted, boolean whole) {}
