// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {

    ArchitectureTest() {
        super(".*\\.(ReadingGenerator|Drift|DeviceReading|ReadingWriter)");
    }
}
