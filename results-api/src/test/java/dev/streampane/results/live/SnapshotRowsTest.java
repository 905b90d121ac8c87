// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import static dev.streampane.results.Fixtures.SIX;
import static dev.streampane.results.Fixtures.id;
import static dev.streampane.results.Fixtures.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.results.store.ResultJson;
import dev.streampane.results.store.StoredEntry;
import dev.streampane.results.tail.FilledTail;
import dev.streampane.results.tail.Series;
import dev.streampane.results.tail.TailEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotRowsTest {

    private final FilledTail filled = new FilledTail(100);

    @Test
    void shouldTakeTheLastWindowsOfBothByTheirEnds() {
        // Given: a late revision of an old window in the tail, and newer windows in the store
        filled.add(0, result("job", "k", minute(1), 1, 2, true));
        filled.add(0, result("job", "k", minute(4)));
        SnapshotRows rows = rows(3);
        // When
        List<byte[]> older = rows.add(found("k", row(3, 1), row(2, 1), row(0, 1)));
        // Then
        assertThat(texts(older)).containsExactly(stored(2, 1), stored(3, 1));
        assertThat(texts(rows.ofTheTail())).containsExactly(result("job", "k", minute(4)));
    }

    @Test
    void shouldTakeTheNewerRevisionOfAWindowThatBothHave() {
        filled.add(0, result("job", "k", minute(1), 1, 2, true));
        filled.add(0, result("job", "k", minute(2), 1, 1, true));
        SnapshotRows rows = rows(5);
        List<byte[]> older = rows.add(found("k", row(2, 3), row(1, 1)));
        assertThat(texts(older)).containsExactly(stored(2, 3));
        assertThat(texts(rows.ofTheTail())).containsExactly(result("job", "k", minute(1), 1, 2, true));
    }

    @Test
    void shouldLeaveOtherSeriesAlone() {
        filled.add(0, result("job", "k", minute(1)));
        SnapshotRows rows = rows(1);
        assertThat(texts(rows.add(found("other", row(0, 1))))).containsExactly(stored(0, 1));
        assertThat(rows.size()).isEqualTo(1);
    }

    @Test
    void shouldKeepIdsOfRetractedWindowsThatAreNewerThanTheRows() {
        filled.add(0, result("job", "k", minute(1)));
        filled.add(0, result("job", "k", minute(2)).replace("FINAL", "RETRACTED"));
        filled.add(0, result("job", "k", minute(0)).replace("FINAL", "RETRACTED"));
        assertThat(filled.tail().snapshot(Set.of(), series -> true, 1, 10).retracted())
                .containsExactly(id("job", "k", minute(2)));
    }

    private SnapshotRows rows(int windows) {
        return new SnapshotRows(filled.tail().snapshot(Set.of(), series -> true, windows, 100), windows);
    }

    private static OlderWindowsQuery.SeriesRows found(String key, TailEntry... rows) {
        return new OlderWindowsQuery.SeriesRows(new Series("job", "tumbling(1m)", key), List.of(rows));
    }

    private static TailEntry row(int minute, int rev) {
        return StoredEntry.window(ResultJson.read(stored(minute, rev)));
    }

    private static String stored(int minute, int rev) {
        return result("job", "k", minute(minute), 1, rev, true);
    }

    private static Instant minute(int number) {
        return SIX.plusSeconds(60L * number);
    }

    private static List<String> texts(List<byte[]> rows) {
        return rows.stream().map(row -> new String(row, StandardCharsets.UTF_8)).toList();
    }
}
