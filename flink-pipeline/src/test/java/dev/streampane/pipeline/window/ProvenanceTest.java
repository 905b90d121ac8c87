// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.WindowResult.Input;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvenanceTest {

    private static Provenance merge(List<Provenance> parts) {
        var whole = new Provenance();
        parts.forEach(whole::add);
        return whole;
    }

    private static Provenance of(String topic, int partition, long offset) {
        var provenance = new Provenance();
        provenance.add(topic, partition, offset, offset, 1);
        return provenance;
    }

    @Test
    void shouldTellSmallestAndLargestOffsetByTopicAndPartition() {
        assertThat(merge(List.of(of("b", 0, 7), of("a", 2, 5), of("a", 2, 3), of("a", 1, 9), of("a", 2, 4)))
                        .inputs())
                .containsExactly(new Input("a", 1, 9L, 9L), new Input("a", 2, 3L, 5L), new Input("b", 0, 7L, 7L));
    }

    @Test
    void shouldNameSixteenPartitionsAndNoMore() {
        // Given
        var parts = new ArrayList<Provenance>();
        for (int partition = 0; partition < 16; partition++) {
            parts.add(of("a", partition, 1));
        }
        List<Input> sixteen = merge(parts).inputs();
        parts.add(of("b", 0, 1));

        // When
        List<Input> seventeen = merge(parts).inputs();

        // Then
        assertThat(sixteen).hasSize(16);
        assertThat(seventeen).containsExactly(new Input("a", null, null, null), new Input("b", null, null, null));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 16, 17, 40})
    void shouldNotDependOnOrderOrGrouping(int partitions) {
        // Given
        var random = new Random(partitions);
        var parts = new ArrayList<Provenance>();
        for (int record = 0; record < 200; record++) {
            parts.add(of("t" + record % 2, record % partitions, random.nextInt(1000)));
        }
        List<Input> inOrder = merge(parts).inputs();
        Collections.shuffle(parts, random);

        // When
        Provenance grouped = merge(parts.subList(0, 61));
        grouped.add(merge(parts.subList(61, 200)));

        // Then
        assertThat(grouped.inputs()).isEqualTo(inOrder);
    }

    @Test
    void shouldNotChangeWhatItTakesIn() {
        // Given
        Provenance taken = of("a", 0, 5);
        Provenance whole = merge(List.of(taken));

        // When
        whole.add(of("a", 0, 9));

        // Then
        assertThat(taken.inputs()).containsExactly(new Input("a", 0, 5L, 5L));
    }
}
