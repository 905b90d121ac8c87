// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import dev.streampane.results.explain.Rows.Row;
import dev.streampane.results.log.LogReaders.Chunk;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The time from which on windows lack no record that lies before the first offset a job read, ms since the epoch. For a partition it is the time
 * of the first valid record that the job read (its event time, or its append time if that is later) plus the out-of-orderness.
 *
 * @param earliest lower bound of this time; {@link AuditedRange#NONE} if it is not known
 * @param latest upper bound of this time; {@link AuditedRange#NONE} if the partition was read from its first offset, {@link Long#MAX_VALUE} if it
 *     is not known
 */
record CompleteFrom(long earliest, long latest) {

    static final CompleteFrom THE_BEGINNING = new CompleteFrom(AuditedRange.NONE, AuditedRange.NONE);

    private static final CompleteFrom UNKNOWN = new CompleteFrom(AuditedRange.NONE, Long.MAX_VALUE);

    /** From a line that is not the first: the first record was appended before this line was. Without the out-of-orderness. */
    static CompleteFrom before(AuditedRange line) {
        return line.clockBefore() == AuditedRange.NONE
                ? UNKNOWN
                : new CompleteFrom(
                        AuditedRange.NONE, Math.max(line.clockBefore() + Math.max(0, line.skew()), line.appended()));
    }

    /** From the first line of all, by its first valid record in the log, or by its offset if that is 0. Without the out-of-orderness. */
    static CompleteFrom with(AuditedRange line, InputLog log, Rows rows) {
        if (line.firstRecord() == 0) {
            return THE_BEGINNING;
        }
        PartitionTime time = new PartitionTime(line);
        List<CompleteFrom> found = new ArrayList<>();
        for (long at = line.firstRecord(); at <= line.last(); ) {
            Chunk chunk = log.read(line.partition(), at, line.last() + 1);
            if (chunk.expired()) {
                return UNKNOWN;
            }
            for (ConsumerRecord<byte[], byte[]> record : chunk.records()) {
                rows.read(record, row -> {
                    if (row != Row.REJECTED && !time.isFuture(record, row.time())) {
                        found.add(of(record, row.time()));
                    }
                });
                if (!found.isEmpty()) {
                    return found.get(0);
                }
            }
            at = chunk.next();
        }
        return UNKNOWN;
    }

    private static CompleteFrom of(ConsumerRecord<byte[], byte[]> record, long eventTime) {
        long time = PartitionTime.isGuarded(record) ? Math.max(eventTime, record.timestamp()) : eventTime;
        return new CompleteFrom(time, time);
    }

    /** Both bounds moved by {@code millis}. */
    CompleteFrom plus(long millis) {
        return new CompleteFrom(plus(earliest, millis), plus(latest, millis));
    }

    private static long plus(long time, long millis) {
        return time == AuditedRange.NONE || time == Long.MAX_VALUE ? time : time + millis;
    }

    /** The bounds for a window that has records of both. */
    CompleteFrom and(CompleteFrom other) {
        return new CompleteFrom(Math.max(earliest, other.earliest), Math.max(latest, other.latest));
    }

    /** Whether a window whose records can begin at {@code start} was read completely; null if that is not known. */
    Boolean holds(long start) {
        if (start < earliest) {
            return false;
        }
        return start >= latest ? true : null;
    }
}
