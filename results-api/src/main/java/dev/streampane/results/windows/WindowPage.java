// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.consistency.ReadConsistency.Coverage;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex.Row;
import java.util.List;
import java.util.Optional;

/**
 * A page of windows.
 *
 * @param rows at most as many as were asked for
 * @param next the row after which the next page begins; empty when no more rows follow
 * @param shown up to where in the log the page is complete; if it is not, windows may be missing or be in an older revision
 */
record WindowPage(List<TailEntry> rows, Optional<Row> next, Coverage shown) {

    /** A page of the first {@code max} of {@code rows}; {@code next} is the row after which more follow if there are no more of {@code rows}. */
    static WindowPage of(List<TailEntry> rows, int max, Optional<Row> next, Coverage shown) {
        return rows.size() > max
                ? new WindowPage(
                        rows.subList(0, max), Optional.of(rows.get(max - 1).row()), shown)
                : new WindowPage(rows, next, shown);
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
