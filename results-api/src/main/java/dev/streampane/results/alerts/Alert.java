// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.contract.Version;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import dev.streampane.results.tail.TailIndex.Row;

/**
 * What one generation of a job says of an alert; all of them agree in its row.
 *
 * @param version the larger one holds
 * @param json the contract's fields, digit by digit
 */
record Alert(Row row, long version, JsonNode json) {

    /** As the tail has it. */
    static Alert of(TailEntry entry) {
        return new Alert(entry.row(), entry.version(), ResultJson.alert(ResultJson.read(entry.json())));
    }

    /** As the store has it: a hit's source. */
    static Alert of(JsonNode source) {
        return new Alert(
                new Row(ResultJson.time(source.path("start")), source.path("id").asText()),
                new Version(true, source.path("generation").asLong(), 1).number(),
                ResultJson.alert(source));
    }

    /** The one that holds: the tail's where both are the same. */
    static Alert newer(Alert tail, Alert stored) {
        return stored.version > tail.version ? stored : tail;
    }
}
