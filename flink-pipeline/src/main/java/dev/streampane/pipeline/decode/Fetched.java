// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.util.Arrays;

/**
 * One record as it was fetched from Kafka, or one row of it: its bytes and its position. It is all that a decoder gets, and has no type of the
 * Kafka client.
 *
 * @param topicId the topic's id in Kafka, which changes when the topic is deleted and created again
 * @param appendTime when the broker appended the record, in ms since the epoch; {@link #NO_APPEND_TIME} when the topic does not have
 *     LogAppendTime
 * @param key null when the record has none
 * @param value null when the record has none (a tombstone)
 * @param kind the text of the header {@code kind}; null when there is none
 * @param row number of the row within the record, from 0; {@link #WHOLE} for the record itself
 */
public record Fetched(
        String topic,
        String topicId,
        int partition,
        long offset,
        long appendTime,
        byte[] key,
        byte[] value,
        String kind,
        int row) {

    /** {@link #appendTime} of a record on a topic without LogAppendTime. */
    public static final long NO_APPEND_TIME = Long.MIN_VALUE;

    /** {@link #row} of a whole record. */
    public static final int WHOLE = -1;

    /** Longer than any key of a result. */
    private static final int MAX_ROW_KEY_BYTES = 1024;

    /** {@link #kind} of a heartbeat. */
    public static final String HEARTBEAT = "heartbeat";

    public Fetched(
            String topic,
            String topicId,
            int partition,
            long offset,
            long appendTime,
            byte[] key,
            byte[] value,
            String kind) {
        this(topic, topicId, partition, offset, appendTime, key, value, kind, WHOLE);
    }

    /**
     * One row of this record, with its own bytes. The rows of a record are made in order, from 0. A key longer than {@value #MAX_ROW_KEY_BYTES}
     * bytes is cut to that length, because it is written again for each late or rejected row.
     */
    public Fetched row(int number, byte[] bytes) {
        byte[] rowKey = key != null && key.length > MAX_ROW_KEY_BYTES ? Arrays.copyOf(key, MAX_ROW_KEY_BYTES) : key;
        return new Fetched(topic, topicId, partition, offset, appendTime, rowKey, bytes, kind, number);
    }

    /** Whether both records are from the same partition of the same topic id. */
    public boolean isBeside(Fetched other) {
        return partition == other.partition && topicId.equals(other.topicId) && topic.equals(other.topic);
    }

    public boolean isHeartbeat() {
        return HEARTBEAT.equals(kind);
    }

    /**
     * The value of a record whose header {@code kind} is {@code expected} or missing.
     *
     * @throws Rejection EMPTY without a value, UNKNOWN_TYPE with another kind
     */
    public byte[] valueOfKind(String expected) throws Rejection {
        byte[] present = presentValue();
        if (kind != null && !kind.equals(expected)) {
            throw new Rejection(RejectReason.UNKNOWN_TYPE, "header kind is " + Rejection.show(kind));
        }
        return present;
    }

    /**
     * The value of a record of any kind.
     *
     * @throws Rejection EMPTY without a value
     */
    public byte[] presentValue() throws Rejection {
        if (value == null || value.length == 0) {
            throw new Rejection(RejectReason.EMPTY, "no value");
        }
        return value;
    }

    /** Whether this is a whole record or the first row of one. */
    public boolean beginsRecord() {
        return row <= 0;
    }

    /** Whether the append time is known, so that event times in the future can be detected. */
    public boolean guarded() {
        return appendTime != NO_APPEND_TIME;
    }
}
