// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.simulation.Adjustment;
import dev.streampane.simulation.FieldReader;
import dev.streampane.simulation.SimulatorResource;
import jakarta.ws.rs.Path;
import java.util.List;

/** Shows and controls the running simulator. */
@Path("/api/v1/simulator")
public class TxResource extends SimulatorResource<TxState> {

    private final TransactionSimulation simulation;

    TxResource(TransactionSimulation simulation) {
        this.simulation = simulation;
    }

    @Override
    protected TxState current() {
        return simulation.state();
    }

    @Override
    protected void adjust(JsonNode json) {
        FieldReader fields = new FieldReader(TxConfig.class, json);
        Adjustment adjustment = Adjustment.read(fields, List.of(), simulation.faults());
        fields.check();
        simulation.adjust(adjustment);
    }
}
