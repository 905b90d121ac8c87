// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.concurrent.atomic.LongAdder;

/** Counts what became of the records of one kind: {@code sent = acknowledged + failed + still on their way}. */
public final class DeliveryCounter {

    /**
     * @param sent handed to the Kafka client
     * @param acknowledged written by the broker
     * @param failed refused by the broker or given up by the client
     * @param dropped never handed to the client, because the broker was away and the buffer was full
     */
    public record Counts(long sent, long acknowledged, long failed, long dropped) {}

    final LongAdder sent = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder dropped = new LongAdder();

    Counts counts() {
        // Reads sent last: read earlier, it could be less than acknowledged + failed.
        long acknowledgedNow = acknowledged.sum();
        long failedNow = failed.sum();
        return new Counts(sent.sum(), acknowledgedNow, failedNow, dropped.sum());
    }
}
