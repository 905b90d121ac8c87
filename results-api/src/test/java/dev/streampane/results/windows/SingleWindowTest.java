// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SingleWindowTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    "7-a" | true
                    W/"7-a" | true
                    "x", W/"y" , "7-a" | true
                    * | true
                    "7-b" | false
                    7-a | false
                    "7-a | false
                    w/"7-a" | false
                    ,, | false
                    """)
    void shouldCompareTagsWeaklyAndIgnoreGarbage(String header, boolean matches) {
        assertThat(SingleWindow.matches(List.of(header), "7-a")).isEqualTo(matches);
        assertThat(SingleWindow.matches(List.of("\"q\"", header), "7-a")).isEqualTo(matches);
        assertThat(SingleWindow.matches(List.of(), "7-a")).isFalse();
    }

    @Test
    void shouldTagRevisionsAndWhatIsMadeOfThemApart() {
        assertThat(SingleWindow.tag(1L << 60, "{}")).isEqualTo(SingleWindow.tag(1L << 60, "{}"));
        assertThat(SingleWindow.tag(1, "{}")).isNotEqualTo(SingleWindow.tag(2, "{}"));
        assertThat(SingleWindow.tag(1, "{}")).isNotEqualTo(SingleWindow.tag(1, "{ }"));
    }
}
