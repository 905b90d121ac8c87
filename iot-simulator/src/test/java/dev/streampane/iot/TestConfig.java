// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.ZoneId;
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
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(all, "test", 500));
    }

    /** The timeline of these settings from a start on. */
    static Timeline timeline(long startMillis, Map<String, String> settings) {
        IotConfig config = of(settings);
        return new Timeline(
                DeviceFleet.of(config.devices(), config.seed(), startMillis, config.rate()),
                new Faults(FaultSettings.of(config.faults()), config.seed()),
                new ReadingWriter(config.format(), ZoneId.of(config.zone())),
                config.heartbeats(),
                startMillis,
                config.limit());
    }
}
