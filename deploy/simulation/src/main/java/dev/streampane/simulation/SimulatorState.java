// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a simulator does and what became of its records: {@code sent = acknowledged + failed + on their way}. Each copy of a record counts;
 * heartbeats are counted separately, once per partition.
 */
// The resource returns a type variable, for which Quarkus registers nothing.
@RegisterForReflection(registerFullHierarchy = true)
public abstract class SimulatorState {

    public final Simulation.Activity state;
    public final Simulation.Broker broker;
    public final String topic;
    public final long seed;
    public final Instant start;

    @Schema(description = "records per second; 0: at their periods")
    public final long rate;

    /** Records handed to the Kafka client. */
    public final long sent;

    /** Records written by the broker. */
    public final long acknowledged;

    /** Records refused by the broker or given up by the client. */
    public final long failed;

    /** Records that did not fit into the buffer while the broker was away. */
    public final long dropped;

    public final DeliveryCounter.Counts heartbeats;

    /** Records in the buffer or on their way, heartbeats included. */
    public final long waiting;

    public final int bufferedBytes;

    /** Time since the last acknowledgement. */
    @Schema(implementation = String.class, examples = "PT0.5S")
    public final Duration lastAcknowledgementAge;

    /** How far publishing is behind the clock. */
    @Schema(implementation = String.class, examples = "PT0S")
    public final Duration behind;

    public final FaultSettings faults;

    /** How many records each fault has hit. */
    public final Map<RecordSchedule.Injected, Long> injected;

    protected SimulatorState(Simulation simulation) {
        PublishLoop records = simulation.records();
        TopicPublisher publisher = records.publisher();
        Deliveries deliveries = publisher.deliveries();
        DeliveryCounter.Counts counts = deliveries.records();
        state = simulation.activity();
        broker = publisher.broker();
        topic = publisher.topic();
        seed = simulation.seed();
        start = simulation.start();
        rate = records.rate();
        sent = counts.sent();
        acknowledged = counts.acknowledged();
        failed = counts.failed();
        dropped = counts.dropped();
        heartbeats = deliveries.heartbeats();
        waiting = deliveries.waiting();
        bufferedBytes = publisher.bufferedBytes();
        lastAcknowledgementAge = deliveries.acknowledgementAge();
        behind = records.behind();
        faults = simulation.faults();
        injected = simulation.injected();
    }
}
