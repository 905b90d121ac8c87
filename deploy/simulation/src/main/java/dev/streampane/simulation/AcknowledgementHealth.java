// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * DOWN while the partitions of a topic are not known yet, and while its records wait or fail and none was acknowledged for longer
 * than the acknowledgement timeout; names the topic and the cause.
 */
@Readiness
@Singleton
public record AcknowledgementHealth(Simulation simulation) implements HealthCheck {

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("acknowledgements");
        boolean up = true;
        for (PublishLoop loop : simulation.loops()) {
            TopicPublisher publisher = loop.publisher();
            String topic = publisher.topic();
            Deliveries deliveries = publisher.deliveries();
            response.withData(
                            topic + ".lastAcknowledgementAgeMillis",
                            deliveries.acknowledgementAge().toMillis())
                    .withData(topic + ".waiting", deliveries.waiting())
                    .withData(topic + ".dropped", deliveries.records().dropped());
            if (!publisher.connected() || deliveries.away()) {
                up = false;
                response.withData(topic + ".cause", deliveries.lastProblem());
            }
        }
        return response.status(up).build();
    }
}
