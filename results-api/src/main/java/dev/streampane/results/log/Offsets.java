// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** Offsets by time. */
final class Offsets {

    private Offsets() {}

    /** Per partition the first offset that was appended at {@code since} or later; the end where there is none. */
    static long[] appendedSince(Consumer<byte[], byte[]> consumer, TopicLayout topic, Instant since) {
        Map<TopicPartition, Long> times = IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .collect(Collectors.toMap(partition -> partition, partition -> since.toEpochMilli()));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        long[] offsets = topic.ends().clone();
        found.forEach((partition, offset) -> {
            if (offset != null) {
                offsets[partition.partition()] = Math.min(offset.offset(), offsets[partition.partition()]);
            }
        });
        return offsets;
    }
}
