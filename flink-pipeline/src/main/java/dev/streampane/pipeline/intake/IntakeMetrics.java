// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.pipeline.window.CorrectDropped;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Metrics of {@code Intake} since the task started: {@code counted, late, lateRecords, rejected, heartbeats, unguarded}, and
 * {@link CorrectDropped#DROPPED} as in the operators downstream; and for each partition that the task reads, its {@code clock} in ms since
 * the epoch, under {@code topic.<name>.partition.<number>}.
 */
final class IntakeMetrics {

    /** Records that at least one specification counts. */
    final Counter counted;

    /** Late records, counted once per specification. */
    final Counter late;

    /** Records that are late for at least one specification. */
    final Counter lateRecords;

    /** Records that became dead letters. */
    final Counter rejected;

    final Counter heartbeats;

    /** Rows that were counted in windows that had been removed, counted once per specification. */
    final Counter dropped;

    /** Records without an append time. */
    final Counter unguarded;

    private final MetricGroup group;

    IntakeMetrics(MetricGroup group) {
        this.group = group;
        counted = group.counter("counted");
        late = group.counter("late");
        lateRecords = group.counter("lateRecords");
        rejected = group.counter("rejected");
        heartbeats = group.counter("heartbeats");
        dropped = group.counter(CorrectDropped.DROPPED);
        unguarded = group.counter("unguarded");
    }

    /** Registers the clock of a partition that the task reads. */
    void watch(PartitionLedger ledger) {
        group.addGroup("topic", ledger.key().topic())
                .addGroup("partition", Integer.toString(ledger.key().partition()))
                .<Long, Gauge<Long>>gauge("clock", ledger::clock);
    }
}
