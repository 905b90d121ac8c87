// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.RecordSchedule;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Configurations without a running application. */
final class TestConfig {

    private TestConfig() {}

    /** The defaults with these settings changed. */
    static IotConfig of(Map<String, String> settings) {
        return builder(settings)
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(IotConfig.class)
                .build()
                .getConfigMapping(IotConfig.class);
    }

    static SmallRyeConfigBuilder builder(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>();
        all.put("kafka.bootstrap.servers", "127.0.0.1:9092");
        all.putAll(settings);
        return new SmallRyeConfigBuilder().withSources(new PropertiesConfigSource(all, "test", 500));
    }

    /** The schedule of these settings from a start on. */
    static RecordSchedule schedule(long startMillis, Map<String, String> settings) {
        IotConfig config = of(settings);
        return new RecordSchedule(
                config, new ReadingGenerator(config, startMillis), ReadingGenerator.TARGET, startMillis);
    }
}
