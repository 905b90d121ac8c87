// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.validator.BeanValidationConfigValidatorImpl;
import java.time.Duration;
import java.util.Map;

/** The service's settings as they are without Quarkus. */
public final class Settings {

    private Settings() {}

    /** Those that nobody has set. */
    public static ResultsConfig defaults() {
        return with(Map.of());
    }

    /** The defaults, but for some, by name. */
    public static ResultsConfig with(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withConverter(MemorySize.class, 100, new MemorySizeConverter())
                .withConverter(Duration.class, 100, new DurationConverter())
                .withMapping(ResultsConfig.class)
                .withValidator(new BeanValidationConfigValidatorImpl())
                .withDefaultValues(values)
                .build()
                .getConfigMapping(ResultsConfig.class);
    }
}
