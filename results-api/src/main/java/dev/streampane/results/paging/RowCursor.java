// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.paging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.streampane.contract.Json;
import dev.streampane.results.problem.QueryCursor;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailIndex.Row;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** The cursor of rows that are ordered by time, and rows of the same time by id. */
public final class RowCursor {

    /** Allows every time that a result can have, but no number that Elasticsearch would refuse. */
    private static final Pattern MILLIS = Pattern.compile("-?[0-9]{1,15}");

    private RowCursor() {}

    /** The cursor of a page that ends with {@code row}, bound to the query with that {@code fingerprint}. */
    public static String encode(String fingerprint, Row row) {
        return QueryCursor.encode(fingerprint, searchAfter(row).toString());
    }

    /** Reads a time in milliseconds and an id. Empty for any other content, because a caller can forge cursors. */
    public static Optional<Row> row(String cursor) {
        JsonNode sort;
        try {
            sort = Json.read(cursor.getBytes(StandardCharsets.UTF_8));
        } catch (UncheckedIOException notJson) {
            return Optional.empty();
        }
        String millis = sort.path(0).asText();
        return sort.size() == 2
                        && MILLIS.matcher(millis).matches()
                        && sort.get(1).isTextual()
                ? Optional.of(new Row(
                        Instant.ofEpochMilli(Long.parseLong(millis)),
                        sort.get(1).asText()))
                : Optional.empty();
    }

    /** The row as {@code search_after} of a search sorted by {@link dev.streampane.results.store.Clauses#byTime}. */
    public static ArrayNode searchAfter(Row row) {
        return ResultJson.JSON.createArrayNode().add(row.start().toEpochMilli()).add(row.id());
    }
}
