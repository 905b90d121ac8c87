// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.streampane.simulation.SimulatorState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The state of the transaction simulator. */
@RegisterForReflection
@JsonPropertyOrder({"state", "broker", "topic", "format", "seed", "start", "clients"})
@Schema(name = "SimulatorState")
public final class TxState extends SimulatorState {

    public final TransactionFormat format;
    public final int clients;

    TxState(TransactionSimulation simulation, TxConfig config) {
        super(simulation);
        format = config.format();
        clients = config.clients().count();
    }
}
