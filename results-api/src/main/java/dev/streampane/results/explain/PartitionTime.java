// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * The time of one partition: the clock C, the largest {@code min(event time, append time)} so far, and the horizon H of one specification, the
 * largest {@code C - B - L} that there ever was. Begins as an audit line says and goes on record by record.
 *
 * <p>B 5 s, L 1 min, records at 12:00:00, 12:02:05, 12:01:00: before them C is none, 12:00:00, 12:02:05 and H none, 11:58:55, 12:01:00. The
 * third is late for a window that ends at 12:01:00, and counted for one that ends at 12:02:00, whose end has passed.
 */
final class PartitionTime {

    private final AuditedRange range;
    private long clock;
    private long horizon;

    /** The time before the first offset of {@code range}. */
    PartitionTime(AuditedRange range) {
        this.range = range;
        this.clock = range.clockBefore();
        this.horizon = range.horizonBefore();
        raiseHorizon();
    }

    /** Whether the record says when it was appended; else nothing guards the clock against the future. */
    static boolean isGuarded(ConsumerRecord<?, ?> record) {
        return record.timestampType() == TimestampType.LOG_APPEND_TIME;
    }

    /** Whether an event time is too far ahead of the record's append time. */
    boolean isFuture(ConsumerRecord<?, ?> record, long eventTime) {
        return isGuarded(record) && eventTime - record.timestamp() > range.skew();
    }

    /** Takes in a valid event time. */
    void advance(ConsumerRecord<?, ?> record, long eventTime) {
        long time = isGuarded(record) ? Math.min(eventTime, record.timestamp()) : eventTime;
        if (time > clock) {
            clock = time;
            raiseHorizon();
        }
    }

    private void raiseHorizon() {
        if (clock != AuditedRange.NONE) {
            horizon = Math.max(horizon, clock - range.outOfOrderness() - range.allowedLateness());
        }
    }

    /** Whether a window that ends so takes no more records: {@code end <= H}. */
    boolean isClosed(long end) {
        return end <= horizon;
    }

    /** Whether a window's end has passed: {@code end <= C - B}. */
    boolean hasPassed(long end) {
        return clock != AuditedRange.NONE && end <= clock - range.outOfOrderness();
    }

    long clock() {
        return clock;
    }

    long horizon() {
        return horizon;
    }
}
