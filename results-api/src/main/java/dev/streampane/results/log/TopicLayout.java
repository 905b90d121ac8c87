// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import java.util.Comparator;
import org.apache.kafka.common.TopicPartition;

/**
 * What a topic looked like when reading began.
 *
 * @param name the topic's name
 * @param topicId the topic's id: another one after the topic was deleted and made again
 * @param beginnings per partition the first offset that is still there
 * @param ends per partition the end of what is committed; transaction markers take offsets, too
 */
@SuppressWarnings("ArrayRecordComponent")
public record TopicLayout(String name, String topicId, long[] beginnings, long[] ends) {

    /** Partitions of several topics, by topic and number. */
    public static final Comparator<TopicPartition> PARTITION_ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /** Number of partitions. */
    public int partitions() {
        return ends.length;
    }
}
