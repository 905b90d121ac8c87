// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** DOWN only when a restart would help, because a thread has died. A broker that is away is no reason to restart. */
@Liveness
@Singleton
public record SimulationLiveness(Simulation simulation) implements HealthCheck {

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("simulation")
                .status(simulation.alive())
                .build();
    }
}
