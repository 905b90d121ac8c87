// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.store.ResultJson;
import java.util.Optional;

/** Where a page of a search ends: the sort values of its last item, as a {@link QueryCursor}. */
final class PageCursor {

    private PageCursor() {}

    /** {@link QueryCursor#fingerprint} */
    static String fingerprint(Object... parts) {
        return QueryCursor.fingerprint(parts);
    }

    /** Sort values, to be filled. */
    static ArrayNode sort() {
        return ResultJson.JSON.createArrayNode();
    }

    /** The text for {@code sort} under the query that {@code fingerprint} stands for. */
    static String encode(String fingerprint, JsonNode sort) {
        return QueryCursor.encode(fingerprint, sort.toString());
    }

    /** The sort values, or nothing when the text was not made for that query. */
    static Optional<ArrayNode> decode(String fingerprint, String text) {
        return QueryCursor.decode(fingerprint, text).flatMap(PageCursor::sort);
    }

    private static Optional<ArrayNode> sort(String json) {
        try {
            return ResultJson.JSON.readTree(json) instanceof ArrayNode sort ? Optional.of(sort) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
