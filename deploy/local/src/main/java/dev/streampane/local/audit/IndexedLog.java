// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.JobRun;
import dev.streampane.contract.Json;
import dev.streampane.contract.Version;
import dev.streampane.local.state.Generations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * A topic that index-results reads, and the documents that it makes of the topic.
 *
 * @param indices the indices of these documents, separated by commas, and the aliases that results-api reads, which may have more
 * @param of makes the documents of a record, given the topic's id; throws when the record is not valid
 */
public record IndexedLog(
        String topic, String indices, BiFunction<ConsumerRecord<byte[], byte[]>, String, List<IndexedResult>> of) {

    /** A topic of results. */
    public static IndexedLog results(String topic) {
        return new IndexedLog(topic, "window-results*,window-history*", IndexedResult::of);
    }

    /** The topics that the latest start of index-results reads: results, alerts and, where it is set to, audit lines. */
    public static List<IndexedLog> all(Map<String, Object> client) {
        Optional<JobRun> indexer = Generations.latest(client, IndexAudit.INDEXER);
        List<IndexedLog> logs = new ArrayList<>();
        logs.add(results(topic(indexer, "input-topic", "window-results")));
        logs.add(new IndexedLog(topic(indexer, "alerts-topic", "alerts"), "alerts*", IndexedLog::alert));
        indexer.flatMap(run -> run.latestUnlessOff("index-audit-topic"))
                .ifPresent(topic -> logs.add(new IndexedLog(topic, "audit-*", IndexedLog::line)));
        return logs;
    }

    private static String topic(Optional<JobRun> indexer, String option, String byDefault) {
        return indexer.map(run -> run.latestSetting(option, byDefault)).orElse(byDefault);
    }

    /** The documents of a record; empty when it is not valid, as index-results makes a dead letter of it. */
    List<IndexedResult> documents(ConsumerRecord<byte[], byte[]> record, String topicId) {
        try {
            return of.apply(record, topicId);
        } catch (RuntimeException notValid) {
            return List.of();
        }
    }

    /** Identifies a document by its id and whether it is in the history, but not by the month of its index. */
    static String key(String index, String id) {
        return (index.startsWith(IndexedResult.HISTORY) ? 'h' : 'r') + id;
    }

    private static List<IndexedResult> alert(ConsumerRecord<byte[], byte[]> record, String topicId) {
        ObjectNode alert = (ObjectNode) Json.read(record.value());
        alert.set("@timestamp", alert.required("end"));
        Instant start = Instant.parse(alert.required("start").asText());
        long version = new Version(false, alert.required("generation").asLong(), 1).number();
        return document(record, topicId, "alerts", start, IndexedResult.id(alert), version, alert);
    }

    private static List<IndexedResult> line(ConsumerRecord<byte[], byte[]> record, String topicId) {
        if (record.timestampType() != TimestampType.LOG_APPEND_TIME) {
            return List.of();
        }
        ObjectNode line = (ObjectNode) Json.read(record.value());
        Instant appended = Instant.ofEpochMilli(record.timestamp());
        line.put("@timestamp", appended.toString());
        String id = topicId + '~' + record.partition() + '~' + record.offset();
        return document(record, topicId, "audit", appended, id, 1, line);
    }

    private static List<IndexedResult> document(
            ConsumerRecord<byte[], byte[]> record,
            String topicId,
            String kind,
            Instant month,
            String id,
            long version,
            ObjectNode source) {
        IndexedResult.addPlace(source, record, topicId);
        JsonNode mapping = IndexedResult.template("index-templates/" + kind + ".json");
        IndexedResult.keepMapped(source, mapping);
        return List.of(new IndexedResult(kind + '-' + IndexedResult.MONTH.format(month), id, version, source));
    }
}
