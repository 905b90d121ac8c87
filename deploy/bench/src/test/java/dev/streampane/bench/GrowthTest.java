// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GrowthTest {

    @Test
    void shouldFindThePowerThatCostsGrowWith() {
        assertThat(Growth.power(Map.of(1.0, 3.0, 10.0, 3.0, 100.0, 3.0))).isCloseTo(0, within(1e-9));
        assertThat(Growth.power(Map.of(1.0, 3.0, 10.0, 30.0, 100.0, 300.0))).isCloseTo(1, within(1e-9));
        assertThat(Growth.power(Map.of(1.0, 3.0, 10.0, 300.0))).isCloseTo(2, within(1e-9));
        assertThat(Growth.power(Map.of(7.0, 3.0))).isZero();
    }
}
