// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.results.log.RecordJson;
import dev.streampane.results.log.TopicLayout;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The record of the log that a document says it was made of.
 *
 * @param json the record's value; null when there is none at that place
 * @param absence why there is none; null when there is one
 * @param isWrong whether that speaks against the document, and not of the log's age
 */
record LoggedResult(JsonNode json, String absence, boolean isWrong) {

    /** Reads the place in {@code topic} that the document names. */
    static LoggedResult find(InputLog log, String topic, JsonNode document) {
        JsonNode place = document.path("log");
        int partition = place.path("partition").asInt(-1);
        long offset = place.path("offset").asLong(-1);
        TopicLayout layout = log.layout(topic);
        if (!place.path("epoch").asText().equals(layout.topicId())) {
            return absent("it was made of another life of topic " + topic, false);
        }
        if (partition < 0 || partition >= layout.partitions() || offset < 0 || offset >= layout.ends()[partition]) {
            return absent("the log has no such place", true);
        }
        if (offset < layout.beginnings()[partition]) {
            return absent("the log begins behind that place", false);
        }
        List<ConsumerRecord<byte[], byte[]>> records =
                log.read(topic, partition, offset, offset + 1).records();
        if (records.isEmpty()) {
            return absent("nothing is committed at that place of the log", true);
        }
        JsonNode json = RecordJson.read(records.get(0).value());
        return json.path("id").equals(document.path("id"))
                ? new LoggedResult(json, null, false)
                : absent("the log has something else at that place", true);
    }

    private static LoggedResult absent(String why, boolean isWrong) {
        return new LoggedResult(null, why, isWrong);
    }
}
