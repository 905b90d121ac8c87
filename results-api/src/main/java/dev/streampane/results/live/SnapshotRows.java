// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.Series;
import dev.streampane.results.tail.Snapshot;
import dev.streampane.results.tail.TailEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the rows of a snapshot together: those of the tail, and what Elasticsearch has below it. Of a window that both have, the higher version
 * is taken; of a series, the last windows by their ends.
 */
final class SnapshotRows {

    @SuppressWarnings("ArrayRecordComponent")
    private record Row(Instant end, Instant start, String id, byte[] json, TailEntry entry) {

        private static final Comparator<Row> NEWEST_FIRST = Comparator.comparing(Row::end)
                .thenComparing(Row::start)
                .thenComparing(Row::id)
                .reversed();
    }

    private final int windows;
    private final Map<String, TailEntry> left = new LinkedHashMap<>();
    private final Map<Series, List<TailEntry>> bySeries = new HashMap<>();

    SnapshotRows(Snapshot tail, int windows) {
        this.windows = windows;
        for (TailEntry entry : tail.entries()) {
            left.put(entry.id(), entry);
            bySeries.computeIfAbsent(new Series(entry.job(), entry.spec(), entry.key()), series -> new ArrayList<>())
                    .add(entry);
        }
    }

    /** What Elasticsearch's rows of one series add, oldest first. */
    List<byte[]> add(OlderWindowsQuery.SeriesRows found) {
        Map<String, Row> newest = new HashMap<>();
        Map<String, Long> versions = new HashMap<>();
        for (TailEntry entry : bySeries.getOrDefault(found.series(), List.of())) {
            newest.put(entry.id(), new Row(entry.end(), entry.start(), entry.id(), entry.json(), entry));
            versions.put(entry.id(), entry.version());
        }
        for (OlderWindowsQuery.Row row : found.rows()) {
            if (versions.getOrDefault(row.id(), -1L) < row.version()) {
                newest.put(row.id(), new Row(row.end(), row.start(), row.id(), row.json(), null));
            }
        }
        List<Row> last =
                newest.values().stream().sorted(Row.NEWEST_FIRST).limit(windows).toList();
        bySeries.getOrDefault(found.series(), List.of()).stream()
                .filter(entry -> last.stream().noneMatch(row -> row.entry() == entry))
                .forEach(entry -> left.remove(entry.id()));
        List<byte[]> older = new ArrayList<>();
        for (int i = last.size() - 1; i >= 0; i--) {
            if (last.get(i).entry() == null) {
                older.add(last.get(i).json());
            }
        }
        return older;
    }

    /** The rows of the tail that are among the last ones, oldest first. */
    List<byte[]> ofTheTail() {
        return left.values().stream().map(TailEntry::json).toList();
    }

    int size() {
        return left.size();
    }
}
