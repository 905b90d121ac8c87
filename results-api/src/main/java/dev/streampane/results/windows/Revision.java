// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.Version;
import dev.streampane.results.log.Position;
import dev.streampane.results.store.ResultJson;
import dev.streampane.results.tail.TailEntry;
import java.time.Instant;
import java.util.Optional;

/**
 * A revision of a window, where it lies in the log and when it was appended there.
 *
 * @param id the window's id
 * @param version orders the revisions of an id: complete before generation before rev
 * @param topicId the life of the topic that it lies in
 * @param appended empty in the store for what was indexed before that was kept
 * @param result the result, as in its contract
 */
public record Revision(
        String id,
        long version,
        String topicId,
        int partition,
        long offset,
        Optional<Instant> appended,
        JsonNode result) {

    /** One in the tail of that life of the topic. */
    public static Revision of(String topicId, TailEntry entry) {
        return new Revision(
                entry.id(),
                entry.version(),
                topicId,
                entry.partition(),
                entry.offset(),
                Optional.of(Instant.ofEpochMilli(entry.appended())),
                json(entry));
    }

    /** One in the store: a hit's source. */
    public static Revision of(JsonNode source) {
        JsonNode log = source.path("log");
        return new Revision(
                source.path("id").asText(),
                Version.of(source).number(),
                log.path("epoch").asText(),
                log.path("partition").asInt(),
                log.path("offset").asLong(),
                log.has("appended")
                        ? Optional.of(Instant.ofEpochMilli(log.get("appended").asLong()))
                        : Optional.empty(),
                ResultJson.of(source));
    }

    /** Whether there need be no earlier one of its window; of all others there was. */
    boolean isFinal() {
        return result.path("status").asText().equals("FINAL");
    }

    /** The result of an entry, as the store would show it. */
    public static JsonNode json(TailEntry entry) {
        return ResultJson.of(ResultJson.read(entry.json()));
    }

    /**
     * The result with {@code appended} and with {@code position}: {@code asOf} there, this revision of its window is known and none that
     * came later. Of an earlier life of the topic there is no such position.
     */
    JsonNode withPlace(Position.Topic now) {
        ObjectNode json = ((ObjectNode) result).deepCopy();
        json.put("appended", appended.map(Instant::toString).orElse(null));
        json.put("position", topicId.equals(now.id()) ? behind(now.name()) : null);
        return json;
    }

    private String behind(String topic) {
        long[] offsets = new long[partition + 1];
        offsets[partition] = offset + 1;
        return new Position.Topic(topic, topicId, offsets).toString();
    }
}
