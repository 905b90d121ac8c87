// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.Series;
import dev.streampane.results.tail.Snapshot;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex.WindowEnd;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Merges the rows of a snapshot: those of the tail and older ones from Elasticsearch. Of a window that both have, the higher version is taken; of a
 * series, the last windows by end.
 */
final class SnapshotRows {

    private final int windows;
    private final Map<String, TailEntry> left = new LinkedHashMap<>();
    private final Map<Series, List<TailEntry>> bySeries = new HashMap<>();

    SnapshotRows(Snapshot tail, int windows) {
        this.windows = windows;
        for (TailEntry entry : tail.entries()) {
            left.put(entry.id(), entry);
            bySeries.computeIfAbsent(entry.series(), series -> new ArrayList<>())
                    .add(entry);
        }
    }

    /** Merges one series from Elasticsearch; returns those of its rows that belong to the snapshot, oldest first. */
    List<byte[]> add(OlderWindowsQuery.SeriesRows found) {
        List<TailEntry> ofTheTail = bySeries.getOrDefault(found.series(), List.of());
        Map<String, TailEntry> newest = new HashMap<>();
        Stream.concat(ofTheTail.stream(), found.rows().stream())
                .forEach(row -> newest.merge(row.id(), row, TailEntry::newer));
        List<TailEntry> last = newest.values().stream()
                .sorted(Comparator.comparing(WindowEnd::of))
                .skip(Math.max(0, newest.size() - windows))
                .toList();
        ofTheTail.stream().filter(row -> !last.contains(row)).forEach(row -> left.remove(row.id()));
        return last.stream()
                .filter(row -> !ofTheTail.contains(row))
                .map(TailEntry::json)
                .toList();
    }

    /** The rows of the tail that belong to the snapshot, oldest first. */
    List<byte[]> ofTheTail() {
        return left.values().stream().map(TailEntry::json).toList();
    }

    int size() {
        return left.size();
    }
}
