// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Version;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex.Row;
import java.util.function.Supplier;

/**
 * One revision of a window, out of the tail or out of the store. A tree of it takes five times as much memory as its text, and is made when
 * it is asked for.
 *
 * @param row its place among the windows of its job
 * @param version the larger one is the newer revision
 * @param text the contract's fields as JSON, digit by digit
 * @param result the same as a tree, another one each time
 */
record WindowRow(
        Row row,
        String job,
        String key,
        String status,
        long version,
        Supplier<String> text,
        Supplier<JsonNode> result) {

    /** As the tail has it. */
    static WindowRow of(TailEntry entry) {
        return new WindowRow(
                entry.row(),
                entry.job(),
                entry.key(),
                entry.status(),
                entry.version(),
                () -> ResultJson.text(entry.json()),
                () -> Revision.json(entry));
    }

    /** As the store has it: a hit's source. */
    static WindowRow of(JsonNode source) {
        String text = ResultJson.of(source).toString();
        return new WindowRow(
                new Row(
                        ResultJson.time(source.at("/window/start")),
                        source.path("id").asText()),
                source.path("job").asText(),
                source.path("key").asText(),
                source.path("status").asText(),
                Version.of(source).number(),
                () -> text,
                () -> ResultJson.read(text));
    }

    /** The one that holds: the tail's where both are the same. */
    static WindowRow newer(WindowRow tail, WindowRow stored) {
        return stored.version > tail.version ? stored : tail;
    }

    String id() {
        return row.id();
    }
}
