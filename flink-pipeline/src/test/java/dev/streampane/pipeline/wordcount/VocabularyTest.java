// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class VocabularyTest {

    @Test
    void shouldHaveTheWordsInTheOrderOfTheirIds() {
        assertThat(Vocabulary.WORDS).hasSize(18);
        assertThat(Vocabulary.word(0)).isEqualTo("flink");
        assertThat(Vocabulary.word(10)).isEqualTo("sideoutput");
        assertThat(Vocabulary.word(17)).isEqualTo("streaming");
    }

    @Test
    void shouldMakeEachWordAboutAsOften() {
        // When
        Map<Integer, Long> times = LongStream.range(0, 18_000)
                .boxed()
                .collect(Collectors.groupingBy(Vocabulary::id, Collectors.counting()));

        // Then: a thousand each, and four standard deviations of a fair die
        assertThat(times).hasSize(18);
        assertThat(times.values()).allSatisfy(count -> assertThat(count).isBetween(877L, 1123L));
    }

    @Test
    void shouldMakeTheSameWordOfTheSameNumber() {
        assertThat(new Vocabulary().map(42L)).isEqualTo(new Vocabulary().map(42L));
        assertThat(new String(new Vocabulary().map(42L), UTF_8)).isEqualTo(Vocabulary.word(Vocabulary.id(42)));
    }
}
