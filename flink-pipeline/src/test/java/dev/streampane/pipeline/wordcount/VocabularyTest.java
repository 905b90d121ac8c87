// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VocabularyTest {

    @Test
    void shouldHaveTheWordsInTheOrderOfTheirIds() {
        assertThat(Vocabulary.WORDS).hasSize(18);
        assertThat(Vocabulary.word(0)).isEqualTo("flink");
        assertThat(Vocabulary.word(10)).isEqualTo("sideoutput");
        assertThat(Vocabulary.word(17)).isEqualTo("streaming");
    }
}
