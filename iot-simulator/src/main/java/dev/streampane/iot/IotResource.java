// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.simulation.Adjustment;
import dev.streampane.simulation.FieldReader;
import dev.streampane.simulation.SimulatorResource;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Optional;

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

    /** The request may also change the rate of the tags, in rows per second: {@code {"tags":{"rate":100}}}. */
    @Override
    protected void adjust(JsonNode json) {
        FieldReader fields = new FieldReader(IotConfig.class, json);
        List<String> others = simulation.tags().isPresent() ? List.of("tags") : List.of();
        Adjustment adjustment = Adjustment.read(fields, others, simulation.faults());
        Optional<Long> tagRate = fields.group("tags", "rate").flatMap(tags -> tags.value("rate", FieldReader::whole));
        fields.check();
        simulation.adjust(adjustment);
        tagRate.ifPresent(simulation::tagRate);
    }
}
