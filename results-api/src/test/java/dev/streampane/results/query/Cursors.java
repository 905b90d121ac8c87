// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.streampane.results.security.Access;
import dev.streampane.results.store.ResultJson;

/** Cursors for tests of other packages. */
public final class Cursors {

    private Cursors() {}

    /** The cursor behind a row of the query. */
    public static String of(String query, long start, String id) {
        ArrayNode sort = ResultJson.JSON.createArrayNode();
        sort.add(Long.toString(start)).add(id);
        return PageCursor.encode(
                WindowQuery.of(query, Access.unrestricted("test")).fingerprint(), sort);
    }
}
