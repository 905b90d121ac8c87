// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.SimulatorMain;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts the simulator; see {@link SimulatorMain}. */
@QuarkusMain
public final class TransactionSimulator {

    private static final int PORT = 8083;
    static final int MANAGEMENT_PORT = 9083;

    TransactionSimulator() {}

    /** Runs until SIGTERM or SIGINT. */
    public static void main(String... arguments) {
        new SimulatorMain(new TxConfigCheck(), PORT, MANAGEMENT_PORT).run(arguments);
    }
}
