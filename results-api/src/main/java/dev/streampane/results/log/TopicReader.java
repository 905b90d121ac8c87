// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Takes what a {@link TopicFollower} reads; called by the follower's thread only. */
public interface TopicReader {

    /** How far back in append time the reader wants to go at least; nothing when time does not matter to it. */
    default Optional<Duration> reach() {
        return Optional.empty();
    }

    /**
     * Says at which offset each partition is read on. Called when the topic was found, and again whenever the place may be
     * lost: after an error, when partitions were added, or when the topic was made anew (then with another id).
     *
     * @param since per partition the first record that was appended within {@link #reach}; the beginnings when there is none
     */
    long[] start(TopicLayout topic, long[] since);

    /** Takes committed records, those of one partition in the order of their offsets. */
    void read(ConsumerRecords<byte[], byte[]> records);

    /**
     * What was handed over is everything below these offsets, one per partition: they may lie behind markers of transactions and
     * records that were never committed. Called after each poll, behind {@link #read} when it brought records.
     */
    default void reached(long[] offsets) {}

    /** Everything that was committed at the last {@link #start} has been read. */
    default void caughtUp() {}
}
