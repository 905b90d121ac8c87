// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.log.LogReaders.Chunk;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * From when on windows lack no records of what was not read, ms since the epoch. That is the time of the first valid record that a job read of a
 * partition, its event time, or when it was appended where that is later, and the out-of-orderness behind it.
 *
 * @param earliest at the earliest; {@link AuditedRange#NONE} when that is not known
 * @param latest at the latest; {@link AuditedRange#NONE} when the partition was read from its first offset, {@link Long#MAX_VALUE} when it is not known
 */
record CompleteFrom(long earliest, long latest) {

    static final CompleteFrom THE_BEGINNING = new CompleteFrom(AuditedRange.NONE, AuditedRange.NONE);

    private static final CompleteFrom UNKNOWN = new CompleteFrom(AuditedRange.NONE, Long.MAX_VALUE);

    /** From a line alone, of what was read before it, and so was appended before the line was; without the out-of-orderness. */
    static CompleteFrom before(AuditedRange line) {
        return line.clockBefore() == AuditedRange.NONE
                ? UNKNOWN
                : new CompleteFrom(
                        AuditedRange.NONE, Math.max(line.clockBefore() + Math.max(0, line.skew()), line.appended()));
    }

    /** From the first line of all, or from the log, which has its records; without the out-of-orderness. */
    static CompleteFrom with(AuditedRange line, InputLog log, Rows rows) {
        if (line.firstRecord() == 0) {
            return THE_BEGINNING;
        }
        FirstValidRow first = new FirstValidRow(new PartitionTime(line));
        for (long at = line.firstRecord(); at <= line.last() && first.found.equals(UNKNOWN); ) {
            Chunk chunk = log.read(line.topic(), line.partition(), at, line.last() + 1);
            if (chunk.expired()) {
                return UNKNOWN;
            }
            chunk.records().forEach(record -> first.read(record, rows));
            at = chunk.next();
        }
        return first.found;
    }

    /** So much later. */
    CompleteFrom plus(long millis) {
        return new CompleteFrom(plus(earliest, millis), plus(latest, millis));
    }

    private static long plus(long time, long millis) {
        return time == AuditedRange.NONE || time == Long.MAX_VALUE ? time : time + millis;
    }

    /** Of what is in both. */
    CompleteFrom and(CompleteFrom other) {
        return new CompleteFrom(Math.max(earliest, other.earliest), Math.max(latest, other.latest));
    }

    /** Whether a window was read whole of which records can lie from {@code start} on; null when that is not known. */
    Boolean holds(long start) {
        if (start < earliest) {
            return false;
        }
        return start >= latest ? true : null;
    }

    /** Keeps the first valid row. */
    private static final class FirstValidRow implements Rows.Sink {
        private final PartitionTime partition;
        private ConsumerRecord<byte[], byte[]> record;
        private CompleteFrom found = UNKNOWN;

        private FirstValidRow(PartitionTime partition) {
            this.partition = partition;
        }

        private void read(ConsumerRecord<byte[], byte[]> next, Rows rows) {
            if (found.equals(UNKNOWN)) {
                record = next;
                rows.read(next, this);
            }
        }

        @Override
        public void heartbeat(long eventTime) {
            if (found.equals(UNKNOWN) && !partition.isFuture(record, eventTime)) {
                long time = PartitionTime.isGuarded(record) ? Math.max(eventTime, record.timestamp()) : eventTime;
                found = new CompleteFrom(time, time);
            }
        }

        @Override
        public void value(String key, long eventTime, Rows.Measurement measured, int row) {
            heartbeat(eventTime);
        }
    }
}
