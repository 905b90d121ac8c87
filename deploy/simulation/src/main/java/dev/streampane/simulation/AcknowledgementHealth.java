// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Red while no broker has told a topic's partitions yet, and when acknowledgements have stopped for the acknowledgement
 * timeout; says for which topic, and why.
 */
@Readiness
@Singleton
public record AcknowledgementHealth(Simulation simulation) implements HealthCheck {

    @Override
    public HealthCheckResponse call() {
        List<TopicPublisher> publishers =
                simulation.loops().stream().map(PublishLoop::publisher).toList();
        var response = HealthCheckResponse.named("acknowledgements");
        boolean up = true;
        for (TopicPublisher publisher : publishers) {
            String topic = publisher.topic();
            response.withData(
                            topic + ".lastAcknowledgementAgeMillis",
                            publisher.acknowledgementAge().toMillis())
                    .withData(topic + ".waiting", publisher.waiting())
                    .withData(topic + ".dropped", publisher.records().dropped());
            if (!publisher.connected() || publisher.away()) {
                up = false;
                response.withData(topic + ".cause", publisher.lastProblem());
            }
        }
        return response.status(up).build();
    }
}
