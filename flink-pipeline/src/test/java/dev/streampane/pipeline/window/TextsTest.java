// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WindowResult.Value;
import dev.streampane.pipeline.window.ResultShape.Column;
import dev.streampane.pipeline.window.ResultShape.Metric;
import dev.streampane.pipeline.window.ResultShape.Statistic;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {

    private static final ResultShape SHAPE = new ResultShape(
            List.of(new Metric("value", 6)),
            List.of(new Column("avg_value", Statistic.AVERAGE, 0), Column.last("last")));

    private static Partial text(Texts texts) {
        Partial partial = Partials.of("a", texts.eventTime, "t", 0, texts.offset);
        partial.texts = texts;
        return partial;
    }

    private static Partial number(long units) {
        return Partials.of("a", 0, "t", 0, 0, units);
    }

    private static Partial pane(List<Partial> partials) {
        var pane = new Partial();
        partials.forEach(pane::add);
        return pane;
    }

    @ParameterizedTest
    @CsvSource({"2,0,0,0", "1,1,0,0", "1,0,1,0", "1,0,0,1"})
    void shouldTakeTheLaterTextByTimePartitionOffsetAndRow(long eventTime, int partition, long offset, int row) {
        // Given
        Partial earlier = text(new Texts(1, "earlier", 1, 0, 0, 0));
        Partial later = text(new Texts(1, "later", eventTime, partition, offset, row));

        // Then
        assertThat(pane(List.of(earlier, later)).texts.last).isEqualTo("later");
        assertThat(pane(List.of(later, earlier)).texts.last).isEqualTo("later");
    }

    @Test
    void shouldNotDependOnOrderOrGrouping() {
        // Given
        long seed = 11;
        var random = new Random(seed);
        List<Partial> partials = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            partials.add(text(new Texts(1, "t" + i, random.nextInt(4), random.nextInt(3), i / 4, i % 4)));
        }
        Texts expected = pane(partials).texts;

        for (int round = 0; round < 50; round++) {
            // When
            Collections.shuffle(partials, random);
            int cut = random.nextInt(partials.size());
            Partial pane = pane(List.of(pane(partials.subList(0, cut)), pane(partials.subList(cut, partials.size()))));

            // Then
            assertThat(pane.texts)
                    .as("seed %d, round %d", seed, round)
                    .usingRecursiveComparison()
                    .isEqualTo(expected);
        }
    }

    @Test
    void shouldNotChangeWhatItTakesIn() {
        // Given
        Partial first = text(new Texts(1, "first", 1, 0, 0, 0));

        // When
        pane(List.of(first, text(new Texts(1, "second", 2, 0, 1, 0))));

        // Then
        assertThat(first.texts.last).isEqualTo("first");
        assertThat(first.texts.count).isEqualTo(1);
    }

    @Test
    void shouldTellOfNumbersAndTextsOnlyWhatThereIs() {
        // Given
        Value average = new Value("avg_value", new BigDecimal("2.000000"));
        Partial text = text(new Texts(1, "on", 1, 0, 0, 0));

        // Then
        assertThat(SHAPE.values(pane(List.of(number(1_000_000), number(3_000_000)))))
                .containsExactly(average);
        assertThat(SHAPE.values(pane(List.of(text)))).containsExactly(Value.of("last", "on"));
        assertThat(SHAPE.sums(pane(List.of(text)))).isEmpty();
        Partial both = pane(List.of(number(1_000_000), text, number(3_000_000)));
        assertThat(SHAPE.values(both)).containsExactly(average, Value.of("last", "on"));
        assertThat(SHAPE.sums(both)).hasSize(1);
        assertThat(both.count).isEqualTo(3);
    }
}
