// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {

    ArchitectureTest() {
        super(
                ".*\\.(TransactionGenerator|ClientPopulation|Client|Journey|SpendingPattern|Transaction|TransactionWriter)");
    }
}
