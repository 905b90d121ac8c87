// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.DeliveryCounter;
import dev.streampane.simulation.FaultSettings;
import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.Simulation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What the simulator does and what became of its transactions: {@code sent = acknowledged + failed + on their way}.
 * Copies count; heartbeats are counted apart, one per partition.
 *
 * @param sent transactions handed to the Kafka client
 * @param acknowledged transactions that the broker has written
 * @param failed transactions that the broker refused or the client gave up
 * @param dropped transactions that did not fit into the buffer while the broker was away
 * @param waiting records in the buffer or on their way, heartbeats too
 * @param lastAcknowledgementAge time since the last acknowledgement
 * @param behind how far publishing is behind the clock
 * @param injected how many transactions each fault has hit
 */
public record SimulatorState(
        Simulation.Activity state,
        Simulation.Broker broker,
        String topic,
        TransactionFormat format,
        long seed,
        Instant start,
        int clients,

        @Schema(description = "transactions per second; 0: one per period")
        long rate,

        long sent,
        long acknowledged,
        long failed,
        long dropped,
        DeliveryCounter.Counts heartbeats,
        long waiting,
        int bufferedBytes,

        @Schema(implementation = String.class, examples = "PT0.5S")
        Duration lastAcknowledgementAge,

        @Schema(implementation = String.class, examples = "PT0S")
        Duration behind,

        FaultSettings faults,
        Map<RecordSchedule.Injected, Long> injected) {}
