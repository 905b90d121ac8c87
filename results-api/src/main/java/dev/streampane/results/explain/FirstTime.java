// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.log.LogReaders.Chunk;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The time of the first valid record that a job read of a partition, ms since the epoch: its event time, or when it was appended where that is
 * later. A window that begins before then and out-of-orderness may lack records that lay before.
 *
 * @param earliest at the earliest; {@link AuditedRange#NONE} when that is not known
 * @param latest at the latest; {@link AuditedRange#NONE} when the partition was read from its first offset, so that nothing is lacking
 */
record FirstTime(long earliest, long latest) {

    static final FirstTime WITH_THE_LOG = new FirstTime(AuditedRange.NONE, AuditedRange.NONE);

    private static final FirstTime UNKNOWN = new FirstTime(AuditedRange.NONE, Long.MAX_VALUE);

    /** From a line alone, of what was read before it, and so was appended before the line was. */
    static FirstTime before(AuditedRange line) {
        return line.clockBefore() == AuditedRange.NONE
                ? UNKNOWN
                : new FirstTime(
                        AuditedRange.NONE, Math.max(line.clockBefore() + Math.max(0, line.skew()), line.appended()));
    }

    /** From the first line of all, or from the log, which has its records. */
    static FirstTime with(AuditedRange line, InputLog log, Rows rows) {
        if (line.firstRecord() == 0) {
            return WITH_THE_LOG;
        }
        FirstValidRow first = new FirstValidRow(new PartitionTime(line));
        for (long at = line.firstRecord(); at <= line.last() && !first.found; ) {
            Chunk chunk = log.read(line.topic(), line.partition(), at, line.last() + 1);
            if (chunk.expired()) {
                return UNKNOWN;
            }
            chunk.records().forEach(record -> first.read(record, rows));
            at = chunk.next();
        }
        return first.found ? new FirstTime(first.time, first.time) : UNKNOWN;
    }

    CompleteFrom completeFrom(long outOfOrderness) {
        return new CompleteFrom(
                earliest == AuditedRange.NONE ? Long.MIN_VALUE : earliest + outOfOrderness,
                latest == AuditedRange.NONE
                        ? Long.MIN_VALUE
                        : latest == Long.MAX_VALUE ? latest : latest + outOfOrderness);
    }

    /** Keeps the first valid row. */
    private static final class FirstValidRow implements Rows.Sink {
        private final PartitionTime partition;
        private ConsumerRecord<byte[], byte[]> record;
        private boolean found;
        private long time;

        private FirstValidRow(PartitionTime partition) {
            this.partition = partition;
        }

        private void read(ConsumerRecord<byte[], byte[]> next, Rows rows) {
            if (!found) {
                record = next;
                rows.read(next, this);
            }
        }

        @Override
        public void heartbeat(long eventTime) {
            if (!found && !partition.isFuture(record, eventTime)) {
                found = true;
                time = PartitionTime.isGuarded(record) ? Math.max(eventTime, record.timestamp()) : eventTime;
            }
        }

        @Override
        public void value(String key, long eventTime, Rows.Measurement measured, int row) {
            heartbeat(eventTime);
        }
    }
}
