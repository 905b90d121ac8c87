// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What {@code Intake} did since the task started, as metrics {@code counted, late, rejected, heartbeats, unguarded}. */
final class IntakeMetrics {

    /** Records that at least one specification counts. */
    final Counter counted;

    /** Late records, one for each specification. */
    final Counter late;

    /** Records that became dead letters. */
    final Counter rejected;

    /** Heartbeats. */
    final Counter heartbeats;

    private final Counter unguarded;

    IntakeMetrics(MetricGroup group) {
        counted = group.counter("counted");
        late = group.counter("late");
        rejected = group.counter("rejected");
        heartbeats = group.counter("heartbeats");
        unguarded = group.counter("unguarded");
    }

    /** A record with or without an append time. */
    void record(boolean guarded) {
        if (!guarded) {
            unguarded.inc();
        }
    }
}
