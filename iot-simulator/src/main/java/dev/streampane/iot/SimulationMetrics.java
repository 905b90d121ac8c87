// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.iot.tags.TagTimeline;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The simulator's numbers at {@code /q/metrics}. */
@ApplicationScoped
public class SimulationMetrics {

    private static final int AFTER_THE_SIMULATION = 10_000;

    private final MeterRegistry registry;
    private final Simulation simulation;

    SimulationMetrics(MeterRegistry registry, Simulation simulation) {
        this.registry = registry;
        this.simulation = simulation;
    }

    void register(@Observes @Priority(AFTER_THE_SIMULATION) StartupEvent event) {
        ReadingPublisher publisher = simulation.publisher();
        records("reading", publisher, ReadingPublisher::readings);
        records("heartbeat", publisher, ReadingPublisher::heartbeats);
        simulation.tags().ifPresent(this::register);
        Gauge.builder("iot.buffer", publisher, ReadingPublisher::bufferedBytes)
                .baseUnit("bytes")
                .description("Records in the buffer or on their way")
                .register(registry);
        Gauge.builder(
                        "iot.acknowledgement.age",
                        publisher,
                        p -> p.acknowledgementAge().toMillis() / 1000.0)
                .baseUnit("seconds")
                .description("Time since the last acknowledgement")
                .register(registry);
        Gauge.builder("iot.behind", simulation, s -> s.behind().toMillis() / 1000.0)
                .baseUnit("seconds")
                .description("How far publishing is behind the clock")
                .register(registry);
        for (Timeline.Injected fault : Timeline.Injected.values()) {
            FunctionCounter.builder("iot.faults", simulation, s -> s.state().injected().get(fault))
                    .tag("fault", fault.name().toLowerCase(Locale.ROOT))
                    .description("Readings that an injected fault has hit")
                    .register(registry);
        }
    }

    private void register(Simulation.TagLane tags) {
        ReadingPublisher publisher = tags.lane().publisher();
        records("rows", publisher, ReadingPublisher::readings);
        records("rows-heartbeat", publisher, ReadingPublisher::heartbeats);
        FunctionCounter.builder("iot.rows", tags.timeline(), TagTimeline::rows)
                .description("Rows of tags, also those that a pause kept back")
                .register(registry);
        FunctionCounter.builder("iot.rows.old", tags.timeline(), TagTimeline::oldRows)
                .description("Rows of tags that were old on purpose")
                .register(registry);
    }

    private void records(
            String kind,
            ReadingPublisher publisher,
            Function<ReadingPublisher, Tally.Counts> counts) {
        counter("sent", kind, publisher, counts, Tally.Counts::sent);
        counter("acknowledged", kind, publisher, counts, Tally.Counts::acknowledged);
        counter("failed", kind, publisher, counts, Tally.Counts::failed);
        counter("dropped", kind, publisher, counts, Tally.Counts::dropped);
    }

    // A meter holds its object weakly: it must be the publisher, not a lambda that nobody else
    // keeps.
    private void counter(
            String fate,
            String kind,
            ReadingPublisher source,
            Function<ReadingPublisher, Tally.Counts> counts,
            ToLongFunction<Tally.Counts> count) {
        FunctionCounter.builder(
                        "iot.records." + fate,
                        source,
                        publisher -> count.applyAsLong(counts.apply(publisher)))
                .tag("kind", kind)
                .description("Records " + fate)
                .register(registry);
    }
}
