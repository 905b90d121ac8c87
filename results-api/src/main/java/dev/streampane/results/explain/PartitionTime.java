// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * The time of one partition: the clock C, which is the largest {@code min(event time, append time)} so far; and the horizon H of one
 * specification, which is the largest {@code C - B - L} so far (B: out-of-orderness, L: allowed lateness). Begins with the values of an audit
 * line and advances with each record.
 *
 * <p>Example: B is 5 s, L is 1 min, and records come at 12:00:00, 12:02:05 and 12:01:00. Before each of them C is none, 12:00:00, 12:02:05, and H
 * is none, 11:58:55, 12:01:00. The third record is late for a window that ends at 12:01:00. It is counted for a window that ends at 12:02:00,
 * although the end of that window has passed.
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

    /** Whether the record has an append time; otherwise the clock is not guarded against event times in the future. */
    static boolean isGuarded(ConsumerRecord<?, ?> record) {
        return record.timestampType() == TimestampType.LOG_APPEND_TIME;
    }

    /** Whether an event time is too far ahead of the record's append time. */
    boolean isFuture(ConsumerRecord<?, ?> record, long eventTime) {
        return isGuarded(record) && eventTime - record.timestamp() > range.skew();
    }

    /** Advances clock and horizon by a valid event time. */
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

    /** Whether a window that ends at {@code end} takes no more records: {@code end <= H}. */
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
