// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TotalsTest {

    private static final long[] EXTREMES = {
        Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0, 1, Long.MAX_VALUE - 1, Long.MAX_VALUE
    };

    private static Totals sumOf(List<Long> values) {
        var sum = new Totals();
        values.forEach(sum::add);
        return sum;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeWithBigIntegerBeyondOneLong(long seed) {
        // Given
        var random = new Random(seed);
        List<Long> values = LongStream.generate(
                        () -> random.nextBoolean() ? random.nextLong() : EXTREMES[random.nextInt(EXTREMES.length)])
                .limit(2_000)
                .boxed()
                .toList();

        // When
        Totals sum = sumOf(values);

        // Then
        assertThat(sum.sum())
                .isEqualTo(values.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE})
    void shouldDoubleSixtyTimesWithoutOverflow(long value) {
        // Given
        Totals sum = sumOf(List.of(value));

        // When
        for (int doubling = 0; doubling < 60; doubling++) {
            var copy = new Totals();
            copy.add(sum);
            sum.add(copy);
        }

        // Then
        assertThat(sum.sum()).isEqualTo(BigInteger.valueOf(value).shiftLeft(60));
    }

    @Test
    void shouldNotDependOnOrderOrGrouping() {
        // Given
        var random = new Random(7);
        var values = new java.util.ArrayList<>(random.longs(500).boxed().toList());
        Totals inOrder = sumOf(values);
        Collections.shuffle(values, random);

        // When
        Totals grouped = sumOf(values.subList(0, 123));
        grouped.add(sumOf(values.subList(123, 500)));

        // Then
        assertThat(grouped).usingRecursiveComparison().isEqualTo(inOrder);
    }
}
