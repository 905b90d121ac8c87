// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.SimulationMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** The metrics of the time series at {@code /q/metrics}. */
@Singleton
public record TagMetrics(MeterRegistry registry, SimulationMetrics metrics, IotSimulation simulation) {

    void register(@Observes @Priority(SimulationMetrics.AFTER_THE_SIMULATION) StartupEvent event) {
        simulation.tags().ifPresent(this::register);
    }

    private void register(IotSimulation.TagLoop tags) {
        metrics.records("rows", "rows-heartbeat", tags.loop().publisher());
        FunctionCounter.builder("iot.rows", tags.generator(), TagGenerator::rows)
                .description("Rows of tags, also those that a pause kept back")
                .register(registry);
        FunctionCounter.builder("iot.rows.old", tags.generator(), TagGenerator::oldRows)
                .description("Rows of tags that were old on purpose")
                .register(registry);
    }
}
