// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Receives the records that a {@link TopicFollower} reads; called on the follower's thread only. */
public interface TopicReader {

    /** How far back in append time the reader wants to read; empty when the start does not depend on time. */
    default Optional<Duration> reach() {
        return Optional.empty();
    }

    /**
     * Returns the offset from which to read each partition. Called when the topic is found, and again whenever the place may be lost: after an
     * error, when partitions were added, or when the topic was recreated (then with another id).
     *
     * @param since per partition, the offset of the first record that was appended within {@link #reach}, the end where there is none; the
     *     beginnings when {@link #reach} is empty
     */
    long[] start(TopicLayout topic, long[] since);

    /** Tells that the log has been cut off below what was read, as by an unclean leader election; {@link #start} follows. */
    default void cutOff() {}

    /**
     * Receives the committed records of one poll, if any; those of one partition are ordered by offset.
     *
     * @param reached per partition, the offset below which every record has been passed on, now that these are. It may lie after transaction markers
     *     and records that were never committed
     */
    void read(ConsumerRecords<byte[], byte[]> records, long[] reached);

    /** Called once after each {@link #start}, when everything that was committed at the start has been read. */
    default void caughtUp() {}
}
