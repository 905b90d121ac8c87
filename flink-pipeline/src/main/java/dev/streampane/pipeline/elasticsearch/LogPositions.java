// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.contract.Json;
import dev.streampane.pipeline.decode.Fetched;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The position of a writer in each partition of its topics: the lowest offset that was seen and is not yet acknowledged, or the last offset + 1
 * if all of them are acknowledged. Every record below a position is in Elasticsearch or on the dead-letter topic.
 *
 * <p>Offsets 3, 4, 7 seen (5 and 6 are commit markers), 3 and 7 acknowledged: position 4; then 4 acknowledged: position 8.
 *
 * <p>Not thread-safe: used only by the task's thread.
 */
final class LogPositions {

    static final String INDEX = "window-positions";

    private final Map<Partition, Progress> partitions = new LinkedHashMap<>();

    /** A partition of one topic id. */
    private record Partition(String topic, String topicId, int number) {}

    /** The content of a document. */
    private record Position(String topic, String epoch, int partition, long offset) {}

    private static final class Progress {
        private final TreeSet<Long> open = new TreeSet<>();
        private long next;
        private long published = -1;

        private long position() {
            return open.isEmpty() ? next : open.first();
        }
    }

    /** Adds a record that is to be written. */
    void seen(Fetched record) {
        Progress progress = partitions.computeIfAbsent(of(record), p -> new Progress());
        progress.open.add(record.offset());
        progress.next = Math.max(progress.next, record.offset() + 1);
    }

    /** Marks a record as done; may be called again for the same record. */
    void acknowledged(Fetched record) {
        partitions.get(of(record)).open.remove(record.offset());
    }

    /** The documents of the positions that have changed; pass them to {@link #published} once they are written. */
    List<IndexRequest.Document> documents() {
        List<IndexRequest.Document> documents = new ArrayList<>();
        partitions.forEach((partition, progress) -> {
            if (progress.position() != progress.published) {
                documents.add(document(partition, progress.position()));
            }
        });
        return documents;
    }

    /** Marks these documents, which came from {@link #documents}, as written. */
    void published(List<IndexRequest.Document> documents) {
        Map<String, Long> positions =
                documents.stream().collect(Collectors.toMap(IndexRequest.Document::id, IndexRequest.Document::version));
        partitions.forEach((partition, progress) ->
                progress.published = positions.getOrDefault(id(partition), progress.published));
    }

    private static Partition of(Fetched record) {
        return new Partition(record.topic(), record.topicId(), record.partition());
    }

    private static String id(Partition partition) {
        return id(partition.topicId(), partition.number());
    }

    static String id(String topicId, int partition) {
        return "position~" + topicId + '~' + partition;
    }

    private static IndexRequest.Document document(Partition partition, long position) {
        var source = new Position(partition.topic(), partition.topicId(), partition.number(), position);
        return new IndexRequest.Document(INDEX, id(partition), position, Json.of(source));
    }
}
