// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

/**
 * One record as it was fetched from a log: bytes and where they lay. All that a decoder sees; it knows no Kafka client.
 *
 * @param topicId the topic's own id, which changes when a topic is deleted and made anew
 * @param appendTime when the broker appended it, in ms since the epoch; {@link #NO_APPEND_TIME} when the topic does not say
 * @param key null when the record has none
 * @param value null when the record has none (a tombstone)
 * @param kind the text of the header {@code kind}; null when there is none
 */
public record Fetched(
        String topic,
        String topicId,
        int partition,
        long offset,
        long appendTime,
        byte[] key,
        byte[] value,
        String kind) {

    /** {@link #appendTime} of a record on a topic without LogAppendTime. */
    public static final long NO_APPEND_TIME = Long.MIN_VALUE;

    /** {@link #kind} of a heartbeat. */
    public static final String HEARTBEAT = "heartbeat";

    /** Whether the broker said when it appended the record, so that future times can be told. */
    public boolean guarded() {
        return appendTime != NO_APPEND_TIME;
    }
}
