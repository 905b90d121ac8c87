// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.simulation.SimulatorResource;
import jakarta.ws.rs.Path;

/** Shows and controls the running simulator. */
@Path("/api/v1/simulator")
public class IotResource extends SimulatorResource<IotState> {

    private final IotSimulation simulation;

    IotResource(IotSimulation simulation) {
        this.simulation = simulation;
    }

    @Override
    protected IotState current() {
        return simulation.state();
    }

    @Override
    protected void adjust(JsonNode json) {
        simulation.adjust(
                IotAdjustment.read(json, simulation.faults(), simulation.tags().isPresent()));
    }
}
