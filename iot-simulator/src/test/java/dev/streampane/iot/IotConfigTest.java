// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.simulation.ConfigContract;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IotConfigTest extends ConfigContract<IotConfig> {

    IotConfigTest() {
        super(IotConfig.class, IotConfigCheck::new, "iot-simulator", IotSimulator.MANAGEMENT_PORT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    iot.devices.count | 0
                    iot.devices.count | 3.5
                    iot.devices.period | 0s
                    iot.devices.period | 2s,-1s
                    iot.devices.period | 25h
                    iot.devices.temperature.min | 36
                    iot.devices.temperature.max | -1
                    iot.devices.temperature.min | 0.001
                    iot.devices.temperature.max | 1e9
                    iot.devices.temperature.max | NaN
                    iot.devices.temperature.start | 35.01
                    iot.devices.humidity.min | 0x28
                    iot.devices.humidity.start | 39.99
                    iot.tags.topic | a topic
                    iot.tags.topic | device-readings
                    iot.tags.rate | 0
                    iot.tags.rate | 100001
                    iot.tags.rows-per-message | 0
                    iot.tags.rows-per-message | 10001
                    iot.tags.seed | many
                    iot.tags.old.probability | 1.1
                    iot.tags.old.by | 0s
                    iot.tags.integers.min | 0.5
                    iot.tags.integers.min | 101
                    iot.tags.integers.max | 1000001
                    iot.tags.doubles.min | 0.0001
                    iot.tags.doubles.max | -1
                    iot.tags.doubles.max | NaN
                    iot.tags.doubles.count | 0
                    iot.tags.doubles.first | -1
                    iot.tags.strings.prefix | ``
                    iot.tags.strings.count | 10001
                    """)
    void shouldRefuseItsOwnSettingsWithKeyValueAndWhatIsAllowed(String key, String value) {
        assertRefused(key, value);
    }

    @Test
    void shouldHoldEachOfManyDevicesToItsOwnBounds() {
        Map<String, String> ofDevices = new HashMap<>(Map.of(
                "iot.devices.count", "2000",
                "iot.devices.temperature.min", "0,".repeat(1999) + "0",
                "iot.devices.temperature.max", "1,".repeat(1999) + "1",
                "iot.devices.temperature.start", "0,".repeat(1999) + "1"));
        assertThat(problems(ofDevices)).isEmpty();

        ofDevices.put("iot.devices.temperature.start", "0,".repeat(1999) + "2");

        assertThat(problems(ofDevices))
                .singleElement()
                .asString()
                .startsWith("iot.devices.temperature.start: '0,0,")
                .endsWith(
                        "0,2' is not allowed; allowed is a list of numbers from the minimum to the maximum, with at most two decimals");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    iot.topic | weather_data
                    iot.devices.prefix | garden 'é€😀' /"
                    iot.devices.temperature.min | -40,0,10.5
                    iot.devices.temperature.start | 0,35,17.25
                    iot.tags.enabled | false
                    iot.tags.integers.min | -1000000
                    iot.tags.doubles.min | -0.125
                    iot.tags.strings.texts | on\\\\, warm,off
                    iot.tags.strings.prefix | Füllstand-ns-
                    """)
    void shouldTakeWhatIsAllowedOfItsOwnSettings(String key, String value) {
        assertThat(problems(Map.of(key, value))).isEmpty();
    }
}
