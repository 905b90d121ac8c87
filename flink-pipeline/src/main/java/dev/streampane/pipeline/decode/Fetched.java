// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.util.Arrays;

/**
 * One record as it was fetched from a log, or one row of it: bytes and where they lay. All that a decoder sees; it knows no Kafka client.
 *
 * @param topicId the topic's own id, which changes when a topic is deleted and made anew
 * @param appendTime when the broker appended it, in ms since the epoch; {@link #NO_APPEND_TIME} when the topic does not say
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

    /** More than a key of a result can have. */
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
     * One row of this record, with its own bytes. Rows of a record are told in order, from 0. Of a key that is longer than {@value
     * #MAX_ROW_KEY_BYTES} bytes it has the first, for each row that is put aside tells it again.
     */
    public Fetched row(int number, byte[] bytes) {
        byte[] rowKey = key != null && key.length > MAX_ROW_KEY_BYTES ? Arrays.copyOf(key, MAX_ROW_KEY_BYTES) : key;
        return new Fetched(topic, topicId, partition, offset, appendTime, rowKey, bytes, kind, number);
    }

    /** Whether both are of one partition of one life of a topic. */
    public boolean isBeside(Fetched other) {
        return partition == other.partition && topicId.equals(other.topicId) && topic.equals(other.topic);
    }

    public boolean isHeartbeat() {
        return HEARTBEAT.equals(kind);
    }

    /**
     * The value, where the header {@code kind} is that one or missing.
     *
     * @throws Rejection EMPTY without a value, UNKNOWN_TYPE with another kind
     */
    public byte[] valueOfKind(String expected) throws Rejection {
        if (value == null || value.length == 0) {
            throw new Rejection(RejectReason.EMPTY, "no value");
        }
        if (kind != null && !kind.equals(expected)) {
            throw new Rejection(RejectReason.UNKNOWN_TYPE, "header kind is " + Rejection.show(kind));
        }
        return value;
    }

    /** Whether a record begins with this: it is whole, or the first of its rows. */
    public boolean beginsRecord() {
        return row <= 0;
    }

    /** Whether the broker said when it appended the record, so that future times can be told. */
    public boolean guarded() {
        return appendTime != NO_APPEND_TIME;
    }
}
