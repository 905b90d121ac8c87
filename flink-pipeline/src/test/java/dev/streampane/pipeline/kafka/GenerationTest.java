// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GenerationTest {

    private static final long NO_STATE = -1;
    private final Generation third = new Generation("weather-average", 3);

    @Test
    void shouldNameTransactionsByJobAndNumber() {
        assertThat(third.prefix()).isEqualTo("weather-average-3");
        assertThat(third.ofPrefix("weather-average-2")).hasValue(2);
        assertThat(third.ofPrefix("weather-average-x")).isEmpty();
        assertThat(third.ofPrefix("weather-2")).isEmpty();
    }

    @Test
    void shouldOutdateEveryOlderTransactionWhenItStartsWithoutState() {
        assertThat(third.outdates("weather-average-1-0-7", Generation.UNKNOWN, NO_STATE))
                .isTrue();
        assertThat(third.outdates("weather-average-2-1-1", Generation.UNKNOWN, NO_STATE))
                .isTrue();
        assertThat(third.outdates("weather-average-3-0-1", Generation.UNKNOWN, NO_STATE))
                .isFalse();
        assertThat(third.outdates("weather-average-4-0-1", Generation.UNKNOWN, NO_STATE))
                .isFalse();
    }

    @Test
    void shouldKeepWhatItsStatePromises() {
        assertThat(third.outdates("weather-average-2-0-10", 2, 10)).isFalse();
        assertThat(third.outdates("weather-average-2-0-11", 2, 10)).isTrue();
        assertThat(third.outdates("weather-average-1-0-10", 2, 10)).isTrue();
        assertThat(third.outdates("weather-average-1-0-10", Generation.UNKNOWN, 10))
                .isFalse();
    }

    @Test
    void shouldLeaveOtherTransactionsAlone() {
        for (String id : new String[] {
            "transaction-total-1-0-1",
            "weather-average-1-0",
            "weather-average-hourly-1-0-1",
            "my-weather-average-1-0-1",
            "weather-average-1-0-1-1",
            "weather-average"
        }) {
            assertThat(third.outdates(id, Generation.UNKNOWN, NO_STATE)).isFalse();
        }
    }
}
