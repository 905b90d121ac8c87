// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Version;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex.Row;
import java.time.Instant;
import java.util.Optional;

/** One revision of a window, out of the tail or out of the store. */
final class WindowRow {

    private final Row row;
    private final String key;
    private final String status;
    private final long version;
    private final Optional<TailEntry> entry;
    private JsonNode result;

    private WindowRow(Row row, String key, String status, long version, Optional<TailEntry> entry) {
        this.row = row;
        this.key = key;
        this.status = status;
        this.version = version;
        this.entry = entry;
    }

    /** As the tail has it. */
    static WindowRow of(TailEntry entry) {
        return new WindowRow(
                new Row(entry.start(), entry.id()), entry.key(), entry.status(), entry.version(), Optional.of(entry));
    }

    /** As the store has it: a hit's source. */
    static WindowRow of(JsonNode source) {
        WindowRow stored = new WindowRow(
                new Row(
                        Instant.parse(source.at("/window/start").asText()),
                        source.path("id").asText()),
                source.path("key").asText(),
                source.path("status").asText(),
                Version.of(source).number(),
                Optional.empty());
        stored.result = ResultJson.of(source);
        return stored;
    }

    /** The one that holds: the tail's where both are the same. */
    static WindowRow newer(WindowRow tail, WindowRow stored) {
        return stored.version > tail.version ? stored : tail;
    }

    /** Its place among the windows of its job. */
    Row row() {
        return row;
    }

    String id() {
        return row.id();
    }

    String key() {
        return key;
    }

    String status() {
        return status;
    }

    /** The larger one is the newer revision. */
    long version() {
        return version;
    }

    /** The contract's fields, digit by digit. Not safe for use by several threads. */
    JsonNode result() {
        if (result == null) {
            result = Revision.json(entry.orElseThrow());
        }
        return result;
    }
}
