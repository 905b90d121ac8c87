// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.local.log.CommittedLog;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/** Reads a log again from its start, and later its new records, for some documents only. Not thread-safe. */
final class NewestDocuments implements AutoCloseable {

    private final IndexedLog log;
    private final String topicId;
    private final CommittedLog records;
    private final Set<String> keys;
    private final Map<String, IndexedResult> newest = new HashMap<>();

    /**
     * @param records those of {@code log}, none of which has been read yet
     * @param keys {@link IndexedLog#key} of the documents
     */
    NewestDocuments(IndexedLog log, String topicId, CommittedLog records, Set<String> keys) {
        this.log = log;
        this.topicId = topicId;
        this.records = records;
        this.keys = keys;
        readOn();
    }

    /** The newest document of a key; null when the log does not have it. */
    IndexedResult of(String key) {
        return newest.get(key);
    }

    /** Reads the new records of the log, and returns the keys of the documents that they change. */
    Set<String> readOn() {
        Set<String> changed = new TreeSet<>();
        records.readToEnd(record -> {
            for (IndexedResult result : log.documents(record, topicId)) {
                String key = IndexedLog.key(result.index(), result.id());
                IndexedResult before = newest.get(key);
                if (keys.contains(key) && (before == null || before.version() <= result.version())) {
                    newest.put(key, result);
                    changed.add(key);
                }
            }
        });
        return changed;
    }

    /** Whether the record at a place of the log has not been read here yet. */
    boolean isBehind(JsonNode place) {
        return place.path("epoch").asText().equals(topicId)
                && !records.isRead(partition(place), place.path("offset").asLong());
    }

    /** Whether retention has removed the record at a place of the log. */
    boolean isExpired(JsonNode place) {
        return place.path("epoch").asText().equals(topicId)
                && records.isExpired(partition(place), place.path("offset").asLong());
    }

    private TopicPartition partition(JsonNode place) {
        return new TopicPartition(log.topic(), place.path("partition").asInt());
    }

    @Override
    public void close() {
        records.close();
    }
}
