// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.ProcessContract;
import org.junit.jupiter.api.Tag;

@Tag("native")
class TransactionProcessIT extends ProcessContract {

    TransactionProcessIT() {
        super("transaction-simulator", "tx", "one per period");
    }
}
