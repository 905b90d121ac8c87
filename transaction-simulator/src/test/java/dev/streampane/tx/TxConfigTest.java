// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.simulation.ConfigContract;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TxConfigTest extends ConfigContract<TxConfig> {

    TxConfigTest() {
        super(TxConfig.class, TxConfigCheck::new, "transaction-simulator", TransactionSimulator.MANAGEMENT_PORT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    tx.clients.count | 0
                    tx.clients.count | 3.5
                    tx.clients.first | -1
                    tx.clients.skew | 6
                    tx.clients.skew | NaN
                    tx.period | 0s
                    tx.period | 25h
                    tx.amounts.distribution | pareto
                    tx.amounts.min | 201
                    tx.amounts.max | 0
                    tx.amounts.min | 0.001
                    tx.amounts.max | 1e9
                    tx.amounts.step | 0
                    tx.amounts.typical | -1
                    tx.amounts.spread | 0
                    tx.locations.latitude | 91
                    tx.locations.longitude | east
                    tx.locations.radius-km | 101
                    tx.locations.speed-kmh | -1
                    tx.scenarios.rate | -1
                    tx.scenarios.rate | 60001
                    tx.scenarios.small-amount | 0
                    tx.scenarios.large-amount | 0.001
                    tx.scenarios.small-large-window | 999ms
                    tx.scenarios.burst-count | 0
                    tx.scenarios.burst-window | 25h
                    tx.scenarios.mean-factor | 0.99
                    tx.scenarios.mean-factor | 1.001
                    tx.scenarios.mean-min-count | 1001
                    tx.scenarios.high-value | 1e9
                    tx.scenarios.max-speed-kmh | 0
                    tx.scenarios.max-speed-kmh | 30000
                    tx.scenarios.max-speed-kmh | 100001
                    tx.scenarios.travel-window | 59s
                    tx.scenarios.travel-window | 1d
                    tx.scenarios.travel-window | 25h
                    tx.scenarios.travel-window | PT9223372036854775807S
                    """)
    void shouldRefuseItsOwnSettingsWithKeyValueAndWhatIsAllowed(String key, String value) {
        assertRefused(key, value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    tx.topic | client_amount
                    tx.amounts.distribution | LOG_NORMAL
                    tx.amounts.min | -0.5
                    tx.merchants | Café €😀,"A" & B
                    """)
    void shouldTakeWhatIsAllowedOfItsOwnSettings(String key, String value) {
        assertThat(problems(Map.of(key, value))).isEmpty();
    }

    /** From latitude 0 to the pole it is 10,007.6 km, 7 h 24 min at 1.5 times 900 km/h. */
    @Test
    void shouldRefuseTravelThatNobodyMakesOnOneMeridian() {
        Map<String, String> settings = new HashMap<>(Map.of("tx.locations.latitude", "0"));
        settings.put("tx.scenarios.travel-window", "444m");
        assertThat(problems(settings)).isEmpty();

        settings.put("tx.scenarios.travel-window", "445m");
        assertThat(problems(settings))
                .containsExactly("tx.scenarios.travel-window: '445m' is not allowed; allowed is a duration from 1m to"
                        + " 444m with this max-speed-kmh and latitude");

        settings.remove("tx.scenarios.travel-window");
        settings.put("tx.scenarios.max-speed-kmh", "6672");
        assertThat(problems(settings))
                .containsExactly("tx.scenarios.max-speed-kmh: '6672' is not allowed; allowed is a whole number from 1"
                        + " to 6671 with this travel-window and latitude");

        settings.put("tx.format", "legacy");
        assertThat(problems(settings)).isEmpty();
        settings.remove("tx.format");
        settings.put("tx.scenarios.rate", "0");
        assertThat(problems(settings)).isEmpty();
    }
}
