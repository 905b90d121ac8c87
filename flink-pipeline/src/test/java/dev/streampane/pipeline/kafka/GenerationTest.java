// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationTest {

    private final Generation third = new Generation("weather-average", 3);

    @Test
    void shouldNameTransactionsByJobAndNumber() {
        assertThat(third.prefix()).isEqualTo("weather-average-3");
        assertThat(third.ofPrefix("weather-average-2")).hasValue(2);
        assertThat(third.ofPrefix("weather-average-x")).isEmpty();
        assertThat(third.ofPrefix("weather-2")).isEmpty();
    }

    /** Without state, which is of no generation; with state of generation 2 and checkpoint 10; of other jobs and of other forms. */
    @ParameterizedTest
    @CsvSource({
        "weather-average-1-0-7, 0, -1, true",
        "weather-average-2-1-1, 0, -1, true",
        "weather-average-3-0-1, 0, -1, false",
        "weather-average-4-0-1, 0, -1, false",
        "weather-average-2-0-10, 2, 10, false",
        "weather-average-2-0-11, 2, 10, true",
        "weather-average-1-0-10, 2, 10, true",
        "weather-average-1-0-10, 0, 10, false",
        "transaction-total-1-0-1, 0, -1, false",
        "weather-average-1-0, 0, -1, false",
        "weather-average-hourly-1-0-1, 0, -1, false",
        "my-weather-average-1-0-1, 0, -1, false",
        "weather-average-1-0-1-1, 0, -1, false",
        "weather-average, 0, -1, false"
    })
    void shouldOutdateEveryOlderTransactionThatItsStateDoesNotPromise(
            String id, int generationOfState, long checkpoint, boolean outdated) {
        assertThat(third.outdates(id, generationOfState, checkpoint)).isEqualTo(outdated);
    }
}
