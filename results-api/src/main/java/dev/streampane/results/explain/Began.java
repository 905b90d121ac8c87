// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.explain;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The event time of the first valid record that a job read of a partition, ms since the epoch: a window that begins before then and
 * out-of-orderness may lack records that lay before.
 *
 * @param earliest at the earliest; {@link Stretch#NONE} when that is not known
 * @param latest at the latest; {@link Stretch#NONE} when the partition was read from its first offset, so that nothing is lacking
 */
record Began(long earliest, long latest) {

    static final Began WITH_THE_LOG = new Began(Stretch.NONE, Stretch.NONE);

    private static final Began UNKNOWN = new Began(Stretch.NONE, Long.MAX_VALUE);

    /** What a line tells of what was read before it. */
    static Began before(Stretch line) {
        return line.clockBefore() == Stretch.NONE
                ? UNKNOWN
                : new Began(Stretch.NONE, line.clockBefore() + Math.max(0, line.skew()));
    }

    /** What the first line of all tells, or the log, which has its records. */
    static Began with(Stretch line, InputLog log, Rows rows, Budget budget) {
        if (line.first() == 0 && !line.holeFirst()) {
            return WITH_THE_LOG;
        }
        First first = new First(new PartitionTime(line));
        for (long at = line.first(); at <= line.last() && !first.found; ) {
            InputLog.Piece piece = log.read(line.topic(), line.partition(), at, line.last() + 1);
            if (piece.expired()) {
                return UNKNOWN;
            }
            piece.records().forEach(record -> first.read(record, rows));
            budget.check();
            at = piece.next();
        }
        return first.found ? new Began(first.time, first.time) : UNKNOWN;
    }

    /** Whether a window that begins at {@code start} was read from there; null when that is not known. */
    Boolean holds(long start, long outOfOrderness) {
        if (latest == Stretch.NONE) {
            return true;
        }
        if (earliest != Stretch.NONE && start < earliest + outOfOrderness) {
            return false;
        }
        return latest != Long.MAX_VALUE && start >= latest + outOfOrderness ? true : null;
    }

    /** The first valid row among those that it is given. */
    private static final class First implements Rows.Sink {
        private final PartitionTime partition;
        private ConsumerRecord<byte[], byte[]> record;
        private boolean found;
        private long time;

        private First(PartitionTime partition) {
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
                time = eventTime;
            }
        }

        @Override
        public void rejected(String reason) {
            // is no valid record
        }

        @Override
        public void value(String key, long eventTime, Rows.Measured measured, int row) {
            heartbeat(eventTime);
        }
    }
}
