// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static dev.streampane.pipeline.testing.CpuTime.assertTakes;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PassedEndsTest {

    private static final int MANY = 200_000;

    @Test
    void shouldCountPerEndWhateverTheOrderOfAdding() {
        // Given
        var random = new Random(7);
        var model = new TreeMap<Long, Long>();
        var passed = new PassedEnds();

        // When
        for (int part = 0; part < 200; part++) {
            var others = new PassedEnds();
            for (int record = random.nextInt(5); record >= 0; record--) {
                long end = random.nextInt(50);
                others.add(PassedEnds.of(end));
                model.merge(end, 1L, Long::sum);
            }
            passed.add(others);
        }

        // Then
        assertThat(passed.ends)
                .containsExactly(model.keySet().stream().mapToLong(end -> end).toArray());
        assertThat(passed.counts)
                .containsExactly(
                        model.values().stream().mapToLong(count -> count).toArray());
        assertThat(passed.from(20))
                .isEqualTo(model.tailMap(20L).entrySet().stream()
                        .mapToLong(Map.Entry::getValue)
                        .sum());
    }

    /** Each window that fires adds up those of its slices, and a late record can make thousands fire. */
    @Test
    void shouldAddUpManyInOneGo() {
        // Given
        var even = endsFrom(0);
        var odd = endsFrom(1);

        // When
        assertTakes(Duration.ofSeconds(10), () -> even.add(odd));

        // Then
        assertThat(even.ends).hasSize(2 * MANY).isSorted();
        assertThat(even.from(0)).isEqualTo(2 * MANY);
    }

    private static PassedEnds endsFrom(int first) {
        var passed = new PassedEnds();
        passed.ends = new long[MANY];
        passed.counts = new long[MANY];
        for (int i = 0; i < MANY; i++) {
            passed.ends[i] = first + 2L * i;
            passed.counts[i] = 1;
        }
        return passed;
    }
}
