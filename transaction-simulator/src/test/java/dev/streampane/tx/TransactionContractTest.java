// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.SchemaContract;
import java.util.Map;

class TransactionContractTest extends SchemaContract {

    TransactionContractTest() {
        super("transaction", "tx.format", Map.of("tx.rate", "50", "tx.clients.count", "7"));
    }

    @Override
    protected RecordSchedule schedule(long startMillis, Map<String, String> settings) {
        return TestConfig.schedule(startMillis, settings);
    }
}
