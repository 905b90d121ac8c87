// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.health;

import dev.streampane.results.audit.InputTopics;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Names the input partitions whose windows wait for data or heartbeats. That is no fault of this service: it stays ready. */
@Readiness
@ApplicationScoped
public class InputTopicsCheck implements HealthCheck {

    private final InputTopics inputs;

    InputTopicsCheck(InputTopics inputs) {
        this.inputs = inputs;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("input-partitions")
                .up()
                .withData("stalled", String.join(", ", inputs.stalled()))
                .build();
    }
}
