// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Red while no broker has answered yet, and when acknowledgements have stopped for the acknowledgement timeout. */
@Readiness
@ApplicationScoped
public class AcknowledgementHealth implements HealthCheck {

    private final Simulation simulation;

    AcknowledgementHealth(Simulation simulation) {
        this.simulation = simulation;
    }

    @Override
    public HealthCheckResponse call() {
        TransactionPublisher publisher = simulation.publisher();
        boolean up = publisher.connected() && !publisher.away();
        var response =
                HealthCheckResponse.named("acknowledgements")
                        .status(up)
                        .withData(
                                "lastAcknowledgementAgeMillis",
                                publisher.acknowledgementAge().toMillis())
                        .withData("waiting", publisher.waiting())
                        .withData("dropped", publisher.transactions().dropped());
        return (up ? response : response.withData("cause", publisher.lastProblem())).build();
    }
}
