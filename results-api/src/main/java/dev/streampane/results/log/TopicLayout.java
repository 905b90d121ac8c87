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
 * What a topic looked like when reading began.
 *
 * @param topicId the topic's id: another one after the topic was deleted and made again
 * @param beginnings per partition the first offset that is still there
 * @param ends per partition the end of what is committed; transaction markers take offsets, too
 */
@SuppressWarnings("ArrayRecordComponent")
public record TopicLayout(String name, String topicId, long[] beginnings, long[] ends) {

    /** Partitions of several topics, by topic and number. */
    public static final Comparator<TopicPartition> PARTITION_ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /** What a topic looks like to {@code consumer} now. */
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

    /** Per partition the first offset that was appended at {@code since} or later; the end where there is none. */
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

    /** Its partitions by their numbers. */
    List<TopicPartition> topicPartitions() {
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
