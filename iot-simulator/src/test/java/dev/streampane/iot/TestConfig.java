// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.ConfigContract;
import dev.streampane.simulation.RecordSchedule;
import java.util.Map;

/** Configurations without a running application. */
final class TestConfig {

    private TestConfig() {}

    /** The defaults with these settings changed. */
    static IotConfig of(Map<String, String> settings) {
        return ConfigContract.config(IotConfig.class, settings);
    }

    /** The schedule of these settings from a start on. */
    static RecordSchedule schedule(long startMillis, Map<String, String> settings) {
        IotConfig config = of(settings);
        return new RecordSchedule(
                config, new ReadingGenerator(config, startMillis), ReadingGenerator.TARGET, startMillis);
    }
}
