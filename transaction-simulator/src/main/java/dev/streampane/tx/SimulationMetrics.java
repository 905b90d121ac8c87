// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

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
        TransactionPublisher publisher = simulation.publisher();
        records("transaction", TransactionPublisher::transactions);
        records("heartbeat", TransactionPublisher::heartbeats);
        Gauge.builder("tx.buffer", publisher, TransactionPublisher::bufferedBytes)
                .baseUnit("bytes")
                .description("Records in the buffer or on their way")
                .register(registry);
        Gauge.builder(
                        "tx.acknowledgement.age",
                        publisher,
                        p -> p.acknowledgementAge().toMillis() / 1000.0)
                .baseUnit("seconds")
                .description("Time since the last acknowledgement")
                .register(registry);
        Gauge.builder("tx.behind", simulation, s -> s.behind().toMillis() / 1000.0)
                .baseUnit("seconds")
                .description("How far publishing is behind the clock")
                .register(registry);
        for (Timeline.Injected fault : Timeline.Injected.values()) {
            FunctionCounter.builder("tx.faults", simulation, s -> s.state().injected().get(fault))
                    .tag("fault", fault.name().toLowerCase(Locale.ROOT))
                    .description("Transactions that an injected fault has hit")
                    .register(registry);
        }
    }

    private void records(String kind, Function<TransactionPublisher, Tally.Counts> counts) {
        counter("sent", kind, counts, Tally.Counts::sent);
        counter("acknowledged", kind, counts, Tally.Counts::acknowledged);
        counter("failed", kind, counts, Tally.Counts::failed);
        counter("dropped", kind, counts, Tally.Counts::dropped);
    }

    // A meter holds its object weakly: it must be the publisher, not a lambda that nobody else
    // keeps.
    private void counter(
            String fate,
            String kind,
            Function<TransactionPublisher, Tally.Counts> counts,
            ToLongFunction<Tally.Counts> count) {
        FunctionCounter.builder(
                        "tx.records." + fate,
                        simulation.publisher(),
                        publisher -> count.applyAsLong(counts.apply(publisher)))
                .tag("kind", kind)
                .description("Records " + fate)
                .register(registry);
    }
}
