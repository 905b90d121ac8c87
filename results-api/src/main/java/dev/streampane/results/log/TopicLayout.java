// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

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

    /** Number of partitions. */
    public int partitions() {
        return ends.length;
    }
}
