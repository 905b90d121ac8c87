// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import dev.streampane.simulation.ConfigContract;
import dev.streampane.simulation.RecordSchedule;
import java.util.HashMap;
import java.util.Map;

/** Configurations without a running application. */
final class TestConfig {

    private TestConfig() {}

    /** The defaults with these settings changed. */
    static TxConfig of(Map<String, String> settings) {
        return ConfigContract.config(TxConfig.class, settings);
    }

    /** The schedule of these settings from a start on; without scenarios unless the settings say otherwise. */
    static RecordSchedule schedule(long startMillis, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("tx.scenarios.rate", "0");
        TxConfig config = of(all);
        return new RecordSchedule(
                config, new TransactionGenerator(config, startMillis), TransactionGenerator.TARGET, startMillis);
    }
}
