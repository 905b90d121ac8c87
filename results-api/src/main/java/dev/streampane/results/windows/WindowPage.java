// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex.Row;
import java.util.List;
import java.util.Optional;

/**
 * A page of windows.
 *
 * @param rows at most as many as were asked for
 * @param next behind which row to go on; empty when there is nothing behind
 * @param shown what all of it holds; not complete: windows may be missing, or be there in an older revision
 */
record WindowPage(List<TailEntry> rows, Optional<Row> next, ReadConsistency.Coverage shown) {

    /** Of more rows than fit, those that do. */
    static WindowPage of(List<TailEntry> rows, int max, ReadConsistency.Coverage shown) {
        return rows.size() > max
                ? new WindowPage(
                        rows.subList(0, max), Optional.of(rows.get(max - 1).row()), shown)
                : new WindowPage(rows, Optional.empty(), shown);
    }

    /** The page as the query wants it shown. */
    ResultPage shown(WindowQuery query) {
        return new ResultPage(
                rows.stream().map(query.fields()::of).toList(),
                next.map(query::cursor),
                shown.reason(),
                shown.position());
    }
}
