// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpendingPatternTest {

    private static final int DRAWS = 20_000;

    @Test
    void shouldSpendEveryWholeAmountFrom1To200ByDefault() {
        // When
        long[] amounts = amounts(Map.of());

        // Then
        assertThat(Arrays.stream(amounts).boxed())
                .allMatch(amount -> amount >= 100 && amount <= 20_000 && amount % 100 == 0);
        assertThat(Arrays.stream(amounts).distinct().count()).isEqualTo(200);
        assertThat(median(amounts)).isBetween(9_700L, 10_400L);
    }

    @Test
    void shouldSpendInSteps() {
        // When
        long[] amounts = amounts(Map.of(
                "tx.amounts.min", "0.01",
                "tx.amounts.max", "0.10",
                "tx.amounts.step", "0.03"));

        // Then
        assertThat(Arrays.stream(amounts).distinct().sorted()).containsExactly(1L, 4L, 7L, 10L);
    }

    @Test
    void shouldSpendManySmallAndFewLargeAmountsWhenLogNormal() {
        // When
        long[] amounts = amounts(Map.of(
                "tx.amounts.distribution", "log-normal",
                "tx.amounts.step", "0.01",
                "tx.amounts.max", "100000"));

        // Then
        assertThat(median(amounts)).isBetween(3_900L, 4_100L);
        assertThat(Arrays.stream(amounts).average().orElseThrow()).isBetween(1.30 * 4_000, 1.46 * 4_000);
        assertThat(Arrays.stream(amounts).boxed()).allMatch(amount -> amount >= 100);
    }

    @Test
    void shouldSpendAroundTheTypicalAmountWhenNormal() {
        // When
        long[] amounts = amounts(Map.of(
                "tx.amounts.distribution", "normal",
                "tx.amounts.typical", "100",
                "tx.amounts.spread", "0.1"));

        // Then
        assertThat(Arrays.stream(amounts).average().orElseThrow()).isBetween(9_950.0, 10_050.0);
        double within = Arrays.stream(amounts)
                .filter(a -> Math.abs(a - 10_000) <= 1_000)
                .count();
        assertThat(within / DRAWS).isBetween(0.67, 0.74);
    }

    @Test
    void shouldStayWithinTheBoundsWhenTheTypicalAmountIsOutside() {
        assertThat(amounts(Map.of(
                        "tx.amounts.distribution", "normal",
                        "tx.amounts.typical", "1000000",
                        "tx.amounts.spread", "0.01")))
                .containsOnly(20_000L);
    }

    private static long median(long[] amounts) {
        return Arrays.stream(amounts).sorted().skip(DRAWS / 2).findFirst().orElseThrow();
    }

    private static long[] amounts(Map<String, String> settings) {
        SpendingPattern pattern = new SpendingPattern(TestConfig.of(settings).amounts());
        SplittableRandom random = new SplittableRandom(1);
        long[] amounts = new long[DRAWS];
        Arrays.setAll(amounts, i -> pattern.next(random));
        return amounts;
    }
}
