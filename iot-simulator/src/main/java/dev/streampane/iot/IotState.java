// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.streampane.simulation.DeliveryCounter;
import dev.streampane.simulation.PublishLoop;
import dev.streampane.simulation.Simulation;
import dev.streampane.simulation.SimulatorState;
import dev.streampane.simulation.TopicPublisher;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The state of the IoT simulator. */
@RegisterForReflection
@JsonPropertyOrder({"state", "broker", "topic", "format", "seed", "start", "devices"})
@Schema(name = "SimulatorState")
public final class IotState extends SimulatorState {

    public final ReadingFormat format;
    public final int devices;

    /** The time series; empty if they are disabled. */
    public final Optional<Tags> tags;

    IotState(IotSimulation simulation, IotConfig config) {
        super(simulation);
        format = config.format();
        devices = config.devices().count();
        tags = simulation.tags().map(IotState::tags);
    }

    private static Tags tags(IotSimulation.TagLoop series) {
        PublishLoop loop = series.loop();
        TopicPublisher publisher = loop.publisher();
        return new Tags(
                publisher.broker(),
                publisher.topic(),
                loop.rate(),
                series.generator().rows(),
                series.generator().oldRows(),
                publisher.deliveries().records(),
                publisher.deliveries().heartbeats(),
                publisher.deliveries().waiting(),
                publisher.deliveries().acknowledgementAge(),
                loop.behind());
    }

    /**
     * What became of the time series.
     *
     * @param rate rows per second over all tags
     * @param rows rows generated, also while paused
     * @param oldRows those of {@code rows} that have an old event time on purpose
     * @param messages what became of the messages, each of which holds several rows
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
