// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.store.ResultJson;

/**
 * What the model knows of a result, an alert or a count of a word.
 *
 * @param event name of its event
 * @param id what the newest revision replaces; of counts the word
 * @param revision no other committed record has it: id, generation and rev
 * @param version orders the revisions of an id
 * @param count the field {@code count}; -1 where there is none
 * @param json as it was written
 */
record Row(
        String event,
        String job,
        String key,
        String id,
        String revision,
        long version,
        String status,
        String start,
        long count,
        String json) {

    private static final long COMPLETE = 1L << 60;

    static Row of(String event, String json) {
        JsonNode row = read(json);
        long generation = row.path("generation").asLong();
        long rev = row.path("rev").asLong();
        boolean window = event.equals("window");
        String id = event.equals("word")
                ? row.path("word").asText()
                : row.path("id").asText();
        return new Row(
                event,
                event.equals("word") ? "word-count" : row.path("job").asText(),
                switch (event) {
                    case "window" -> row.path("key").asText();
                    case "alert" -> row.path("client").asText();
                    default -> id;
                },
                id,
                event + " " + id + " " + generation + " " + rev,
                (window && row.path("complete").asBoolean() ? COMPLETE : 0) + (generation << 32) + rev,
                row.path("status").asText(),
                window
                        ? row.path("window").path("start").asText()
                        : row.path("start").asText(),
                row.path("count").asLong(-1),
                json);
    }

    static JsonNode read(String json) {
        return ResultJson.read(json);
    }

    boolean isWindow() {
        return event.equals("window");
    }
}
