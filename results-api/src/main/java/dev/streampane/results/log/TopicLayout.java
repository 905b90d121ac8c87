// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The id and offsets of a topic when reading began.
 *
 * @param topicId the topic's id; a recreated topic has another one. Empty when the topic does not exist
 * @param beginnings per partition, the first offset that has not been deleted
 * @param ends per partition, the end offset of committed records, transaction markers included
 */
@SuppressWarnings("ArrayRecordComponent")
public record TopicLayout(String name, String topicId, long[] beginnings, long[] ends) {

    /** Orders partitions of several topics by topic and number. */
    public static final Comparator<TopicPartition> PARTITION_ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /** The current layout of a topic, as {@code consumer} sees it. */
    static TopicLayout of(TopicDescription topic, Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions =
                topicPartitions(topic.name(), topic.partitions().size());
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        return new TopicLayout(
                topic.name(),
                topic.topicId().toString(),
                partitions.stream().mapToLong(beginnings::get).toArray(),
                partitions.stream().mapToLong(ends::get).toArray());
    }

    /** Per partition, the first offset that was appended at {@code since} or later; the end where no such offset lies before it. */
    long[] appendedSince(Consumer<byte[], byte[]> consumer, Instant since) {
        long[] offsets = ends.clone();
        consumer.offsetsForTimes(topicPartitions().stream()
                        .collect(Collectors.toMap(Function.identity(), partition -> since.toEpochMilli())))
                .forEach((partition, found) -> {
                    if (found != null) {
                        offsets[partition.partition()] = Math.min(found.offset(), offsets[partition.partition()]);
                    }
                });
        return offsets;
    }

    /** The partitions, ordered by number. */
    public List<TopicPartition> topicPartitions() {
        return topicPartitions(name, partitions());
    }

    private static List<TopicPartition> topicPartitions(String topic, int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    /** Number of partitions. */
    public int partitions() {
        return ends.length;
    }
}
