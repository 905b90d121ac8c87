// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.DeliveryCounter;
import dev.streampane.simulation.FaultSettings;
import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.Simulation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What the simulator does and what became of its readings: {@code sent = acknowledged + failed + on their way}.
 * Copies count; heartbeats are counted apart, one per partition.
 *
 * @param sent readings handed to the Kafka client
 * @param acknowledged readings that the broker has written
 * @param failed readings that the broker refused or the client gave up
 * @param dropped readings that did not fit into the buffer while the broker was away
 * @param waiting records in the buffer or on their way, heartbeats too
 * @param lastAcknowledgementAge time since the last acknowledgement
 * @param behind how far publishing is behind the clock
 * @param injected how many readings each fault has hit
 * @param tags the time series, where they are on
 */
public record SimulatorState(
        Simulation.Activity state,
        Simulation.Broker broker,
        String topic,
        ReadingFormat format,
        long seed,
        Instant start,
        int devices,

        @Schema(description = "readings per second; 0: each device has its own period")
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
        Map<RecordSchedule.Injected, Long> injected,
        Optional<Tags> tags) {

    /**
     * What became of the time series.
     *
     * @param rate rows per second over all tags
     * @param rows measured, also while paused
     * @param oldRows those of them that were old on purpose
     * @param messages what became of the messages, which hold many rows
     */
    public record Tags(
            Simulation.Broker broker,
            String topic,
            long rate,
            long rows,
            long oldRows,
            DeliveryCounter.Counts messages,
            DeliveryCounter.Counts heartbeats,
            long waiting,

            @Schema(implementation = String.class, examples = "PT0.5S")
            Duration lastAcknowledgementAge,

            @Schema(implementation = String.class, examples = "PT0S")
            Duration behind) {}
}
