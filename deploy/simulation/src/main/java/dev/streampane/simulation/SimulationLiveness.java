// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Red only when a restart would help: a thread has died. A broker that is away does not need one. */
@Liveness
@ApplicationScoped
public class SimulationLiveness implements HealthCheck {

    private final Simulation simulation;

    SimulationLiveness(Simulation simulation) {
        this.simulation = simulation;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("simulation")
                .status(simulation.alive())
                .build();
    }
}
