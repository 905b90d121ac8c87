// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.security.Access;
import dev.streampane.results.tail.TailIndex.Row;
import java.time.Instant;
import java.util.Optional;

/** Cursors for tests of other packages. */
public final class Cursors {

    private Cursors() {}

    /** The cursor behind a row of the query. */
    public static String of(String query, long start, String id) {
        return WindowQuery.page(
                        query,
                        Access.unrestricted("test"),
                        parameters -> new ReadConsistency.Requirement(Optional.empty(), 0),
                        parameters -> Optional.empty())
                .cursor(new Row(Instant.ofEpochMilli(start), id));
    }
}
