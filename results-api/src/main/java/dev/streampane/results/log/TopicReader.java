// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Takes what a {@link TopicFollower} reads; called by the follower's thread only. */
public interface TopicReader {

    /**
     * Says at which offset each partition is read on. Called when the topic was found, and again whenever the place may be
     * lost: after an error, when partitions were added, or when the topic was made anew (then with another id).
     */
    long[] start(TopicLayout topic);

    /** Takes committed records, those of one partition in the order of their offsets. */
    void read(ConsumerRecords<byte[], byte[]> records);

    /** Everything that was committed at the last {@link #start} has been read. */
    void caughtUp();
}
