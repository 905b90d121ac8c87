// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.CodecsContract;
import org.junit.jupiter.api.Tag;

@Tag("native")
class CodecsNativeIT extends CodecsContract {

    CodecsNativeIT() {
        super("transaction-simulator", "TX");
    }
}
