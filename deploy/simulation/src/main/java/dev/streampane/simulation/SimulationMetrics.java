// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The simulator's metrics at {@code /q/metrics}. */
@Singleton
public record SimulationMetrics(MeterRegistry registry, Simulation simulation) {

    public static final int AFTER_THE_SIMULATION = 10_000;

    void register(@Observes @Priority(AFTER_THE_SIMULATION) StartupEvent event) {
        TopicPublisher publisher = simulation.records().publisher();
        records(simulation.kind(), "heartbeat", publisher);
        Gauge.builder(name("buffer"), publisher, TopicPublisher::bufferedBytes)
                .baseUnit("bytes")
                .description("Records in the buffer or on their way")
                .register(registry);
        Gauge.builder(
                        name("acknowledgement.age"),
                        publisher,
                        p -> p.deliveries().acknowledgementAge().toMillis() / 1000.0)
                .baseUnit("seconds")
                .description("Time since the last acknowledgement")
                .register(registry);
        Gauge.builder(
                        name("behind"),
                        simulation.records(),
                        loop -> loop.behind().toMillis() / 1000.0)
                .baseUnit("seconds")
                .description("How far publishing is behind the clock")
                .register(registry);
        for (RecordSchedule.Injected fault : RecordSchedule.Injected.values()) {
            FunctionCounter.builder(
                            name("faults"), simulation, s -> s.injected().get(fault))
                    .tag("fault", fault.name().toLowerCase(Locale.ROOT))
                    .description("Records that an injected fault has hit")
                    .register(registry);
        }
    }

    /**
     * Registers counters of what became of a topic's records.
     *
     * @param kind value of tag {@code kind} for the records
     * @param heartbeat value of tag {@code kind} for the heartbeats
     */
    public void records(String kind, String heartbeat, TopicPublisher publisher) {
        records(kind, publisher.deliveries(), Deliveries::records);
        records(heartbeat, publisher.deliveries(), Deliveries::heartbeats);
    }

    private String name(String metric) {
        return simulation.prefix() + "." + metric;
    }

    // A meter has only a weak reference to its object, so the object must be one that the publisher keeps, not a lambda
    // made here.
    private void records(String kind, Deliveries source, Function<Deliveries, DeliveryCounter.Counts> counts) {
        Map<String, ToLongFunction<DeliveryCounter.Counts>> fates = Map.of(
                "sent", DeliveryCounter.Counts::sent,
                "acknowledged", DeliveryCounter.Counts::acknowledged,
                "failed", DeliveryCounter.Counts::failed,
                "dropped", DeliveryCounter.Counts::dropped);
        fates.forEach((fate, count) -> FunctionCounter.builder(
                        name("records." + fate), source, deliveries -> count.applyAsLong(counts.apply(deliveries)))
                .tag("kind", kind)
                .description("Records " + fate)
                .register(registry));
    }
}
