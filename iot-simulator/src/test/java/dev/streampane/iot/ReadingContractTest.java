// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.SchemaContract;
import java.util.Map;

class ReadingContractTest extends SchemaContract {

    ReadingContractTest() {
        super("device-reading", "iot.format", Map.of("iot.rate", "50", "iot.devices.count", "7"));
    }

    @Override
    protected RecordSchedule schedule(long startMillis, Map<String, String> settings) {
        return TestConfig.schedule(startMillis, settings);
    }
}
