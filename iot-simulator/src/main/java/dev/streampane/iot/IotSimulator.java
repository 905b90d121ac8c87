// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.SimulatorMain;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts the simulator; see {@link SimulatorMain}. */
@QuarkusMain
public final class IotSimulator {

    private static final int PORT = 8082;
    static final int MANAGEMENT_PORT = 9082;

    IotSimulator() {}

    /** Runs until SIGTERM or SIGINT. */
    public static void main(String... arguments) {
        new SimulatorMain(new IotConfigCheck(), PORT, MANAGEMENT_PORT).run(arguments);
    }
}
